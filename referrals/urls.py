from django.urls import path

from referrals.views import calculator, deciding, offers, referrals, rules, writing

app_name = "referrals"
urlpatterns = [
    # Referrals
    path("indstillinger/", referrals.referral_list, name="list"),
    path("indstillinger/frist/", referrals.limit, name="limit"),
    path("indstillinger/ny/<uuid:public_id>/", writing.write, name="write"),
    path("indstillinger/ny/<uuid:public_id>/gem/", writing.autosave, name="autosave"),
    path("indstillinger/<uuid:public_id>/", referrals.follow, name="referral"),
    path("indstillinger/<uuid:public_id>/slet/", writing.discard, name="discard"),
    path("indstillinger/<uuid:public_id>/traek-tilbage/", writing.withdraw, name="withdraw"),
    path("indstillinger/<uuid:public_id>/set/", deciding.see, name="see"),
    path("indstillinger/<uuid:public_id>/vurder/", deciding.assess, name="assess"),
    path("indstillinger/<uuid:public_id>/kontakt/", deciding.contact, name="contact"),
    path("indstillinger/<uuid:public_id>/bevilg/", deciding.grant, name="grant"),
    path("indstillinger/<uuid:public_id>/afvis/", deciding.reject, name="reject"),
    path("indstillinger/<uuid:public_id>/goer-om/", deciding.undo, name="undo"),
    path("indstillinger/<uuid:public_id>/brev/<slug:recipient>/", referrals.letter, name="letter"),
    path("indstillinger/<uuid:public_id>/brev/<slug:recipient>/givet/", deciding.give_letter, name="give_letter"),
    # Offers
    path("tilbud/", offers.offer_list, name="offers"),
    path("tilbud/overblik/", offers.overview, name="offer_overview"),
    path("tilbud/ny/<uuid:public_id>/", offers.grant, name="offer_grant"),
    path("tilbud/<uuid:public_id>/", offers.follow, name="offer"),
    path("tilbud/<uuid:public_id>/ret/", offers.change, name="offer_change"),
    path("tilbud/<uuid:public_id>/begynd/", offers.start, name="offer_start"),
    path("tilbud/<uuid:public_id>/afslut/", offers.end, name="offer_end"),
    path("tilbud/<uuid:public_id>/aflys/", offers.cancel, name="offer_cancel"),
    path("tilbud/<uuid:public_id>/fortryd/", offers.undo, name="offer_undo"),
    path("tilbud/<uuid:public_id>/opfoelgning/", offers.follow_up, name="offer_follow_up"),
    # The law to read and to ask
    path("regler/", rules.in_force, name="rules"),
    path("regler/sammenlign/", rules.compare, name="rules_compare"),
    path("regler/vaerdi/<str:key>/", rules.history, name="rule_history"),
    path("regler/love/", rules.acts, name="acts"),
    path("regler/love/<slug:slug>/", rules.act, name="act"),
    path("regler/beregner/", calculator.calculate, {"question": "plan"}, name="calculate_plan"),
    path("regler/beregner/samtaleform/", calculator.calculate, {"question": "channel"}, name="calculate_channel"),
    path("regler/beregner/tilbud/", calculator.calculate, {"question": "offer"}, name="calculate_offer"),
    path("regler/beregner/indstilling/", calculator.calculate, {"question": "referral"}, name="calculate_referral"),
]
