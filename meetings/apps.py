from django.apps import AppConfig


class MeetingsConfig(AppConfig):
    name = "meetings"
    verbose_name = "Samtaler"

    def ready(self) -> None:
        from cases import seam
        from meetings.extension import EXTENSION

        seam.install(EXTENSION)
