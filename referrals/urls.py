from django.urls import path

from referrals.offers import views as offers_views
from referrals.referral import deciding_views, writing_views
from referrals.referral import views as referral_views

app_name = "referrals"
urlpatterns = [
    # Referrals
    path("indstillinger/", referral_views.referral_list, name="list"),
    path("indstillinger/frist/", referral_views.limit, name="limit"),
    path("indstillinger/ny/<uuid:public_id>/", writing_views.write, name="write"),
    path("indstillinger/ny/<uuid:public_id>/gem/", writing_views.autosave, name="autosave"),
    path("indstillinger/<uuid:public_id>/", referral_views.follow, name="referral"),
    path("indstillinger/<uuid:public_id>/slet/", writing_views.discard, name="discard"),
    path("indstillinger/<uuid:public_id>/traek-tilbage/", writing_views.withdraw, name="withdraw"),
    path("indstillinger/<uuid:public_id>/set/", deciding_views.see, name="see"),
    path("indstillinger/<uuid:public_id>/vurder/", deciding_views.assess, name="assess"),
    path("indstillinger/<uuid:public_id>/kontakt/", deciding_views.contact, name="contact"),
    path("indstillinger/<uuid:public_id>/bevilg/", deciding_views.grant, name="grant"),
    path("indstillinger/<uuid:public_id>/afvis/", deciding_views.reject, name="reject"),
    path("indstillinger/<uuid:public_id>/goer-om/", deciding_views.undo, name="undo"),
    path("indstillinger/<uuid:public_id>/brev/<slug:recipient>/", referral_views.letter, name="letter"),
    path("indstillinger/<uuid:public_id>/brev/<slug:recipient>/givet/", deciding_views.give_letter, name="give_letter"),
    # Offers
    path("tilbud/", offers_views.offer_list, name="offers"),
    path("tilbud/overblik/", offers_views.overview, name="offer_overview"),
    path("tilbud/ny/<uuid:public_id>/", offers_views.grant, name="offer_grant"),
    path("tilbud/<uuid:public_id>/", offers_views.follow, name="offer"),
    path("tilbud/<uuid:public_id>/ret/", offers_views.change, name="offer_change"),
    path("tilbud/<uuid:public_id>/begynd/", offers_views.start, name="offer_start"),
    path("tilbud/<uuid:public_id>/afslut/", offers_views.end, name="offer_end"),
    path("tilbud/<uuid:public_id>/aflys/", offers_views.cancel, name="offer_cancel"),
    path("tilbud/<uuid:public_id>/fortryd/", offers_views.undo, name="offer_undo"),
    path("tilbud/<uuid:public_id>/opfoelgning/", offers_views.follow_up, name="offer_follow_up"),
]
