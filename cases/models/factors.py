"""What somebody proves who they are by, besides a password."""

import uuid

from django.db import models

from cases.models.people import User


class AuthenticatorApp(models.Model):
    """The app on somebody's telephone that shows a new code every half minute."""

    user = models.OneToOneField(User, models.CASCADE, related_name="authenticator_app", verbose_name="bruger")
    secret_encrypted = models.BinaryField(editable=False)
    # The half minute of the newest code that was accepted: neither it nor an older one is accepted again.
    last_step = models.BigIntegerField(editable=False)
    made_at = models.DateTimeField("lavet")

    class Meta:
        verbose_name = "kodeapp"
        verbose_name_plural = "kodeapps"

    def __str__(self) -> str:
        return f"Kodeapp, {self.user}"

    def sealed_as(self, column: str) -> str:
        return f"app of {self.user_id} {column}"


class Passkey(models.Model):
    """A key that never leaves somebody's device, and that opens this site alone."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="passkeys", verbose_name="bruger")
    name = models.CharField("navn", max_length=60)
    credential_id = models.BinaryField(unique=True, editable=False)
    # The public half, as the standard writes it; nobody logs in by it.
    credential = models.BinaryField(editable=False)
    # How often the device has used it; one that counts and goes backwards is a copy.
    sign_count = models.BigIntegerField(editable=False)
    made_at = models.DateTimeField("lavet")
    used_at = models.DateTimeField("sidst brugt", null=True)

    class Meta:
        verbose_name = "adgangsnøgle"
        verbose_name_plural = "adgangsnøgler"

    def __str__(self) -> str:
        return self.name


class RecoveryCode(models.Model):
    """One code on somebody's paper, for the day the telephone is gone. It holds once."""

    user = models.ForeignKey(User, models.CASCADE, related_name="recovery_codes", verbose_name="bruger")
    # Of 120 random bits, so that a plain hash gives nothing away.
    digest = models.CharField(max_length=64, unique=True, editable=False)
    used_at = models.DateTimeField("brugt", null=True)

    class Meta:
        verbose_name = "genopretningskode"
        verbose_name_plural = "genopretningskoder"

    def __str__(self) -> str:
        return f"Genopretningskode, {self.user}"


class ProviderIdentity(models.Model):
    """Whom the organisation's own log-in means by one of its subjects. It is never given to another there."""

    user = models.OneToOneField(User, models.CASCADE, related_name="provider_identity", verbose_name="bruger")
    issuer = models.CharField("udsteder", max_length=200)
    subject = models.CharField("emne", max_length=255)
    bound_at = models.DateTimeField("knyttet")

    class Meta:
        verbose_name = "konto hos organisationen"
        verbose_name_plural = "konti hos organisationen"
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "subject"],
                name="provider_subject_once",
                violation_error_message="Kontoen hos organisationen er knyttet til en anden bruger.",
            )
        ]

    def __str__(self) -> str:
        return f"Konto hos organisationen, {self.user}"
