"""Where each session says that its user logged in: it outlives a release, and another name would log everybody out."""

from cases.accounts.login import UserBackend as UserBackend
