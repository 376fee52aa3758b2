from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "cases"
    verbose_name = "Grunddata"

    def ready(self) -> None:
        # What cases itself adds to the page of a case.
        from cases import overview, plans

        overview.add_part(plans.plan_block)
        overview.add_part(plans.aim_block)
