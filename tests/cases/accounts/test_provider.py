"""Log-in by the organisation's own provider, honest or hostile: nobody is made, and nothing is believed twice."""

import base64
import hashlib
import re
import time
from datetime import timedelta
from html import unescape
from types import SimpleNamespace

import jwt
import pytest
import time_machine
from django.urls import reverse

from cases.models import ProviderIdentity, SecurityEvent, User
from tests.cases.accounts.issuer import CLIENT, SECRET, STRANGE_KEY, Issuer, serve
from tests.cases.accounts.steps import log_in

BEGIN, ANSWER = reverse("provider_begin"), reverse("provider_answer")


@pytest.fixture
def issuer(office, settings):
    issuer = Issuer(cvr=office.fund.cvr)
    server = serve(issuer)
    settings.PROVIDER = SimpleNamespace(
        name="Fagkassen",
        issuer=issuer.address,
        client_id=CLIENT,
        client_secret=SECRET,
        user_claim="preferred_username",
        organisation_claim="cvr",
        assurance_claim="acr",
        assurance=("betydelig", "hoej"),
    )
    settings.SECOND_STEP_IS_DEMANDED = True
    yield issuer
    server.shutdown()
    server.server_close()


def come_back(client, issuer, begin=BEGIN, **other):
    """Out to the issuer and back again; `other` is what the browser brings in place of the issuer's own."""
    return client.get(ANSWER, issuer.log_in(client.get(begin).url) | other)


def is_inside(client):
    return client.get("/").status_code == 200


def lines():
    return list(SecurityEvent.objects.order_by("pk").values_list("kind", "detail"))


def test_who_is_vouched_for_is_inside_without_a_password_and_comes_to_the_page_asked_for(
    issuer, client, office, settings
):
    page = client.get(reverse("login"), {"next": "/mit-log-ind/"}).content.decode()
    assert f'href="{BEGIN}?tilbage=%2Fmit-log-ind%2F">Log ind med Fagkassen' in page

    entered = come_back(client, issuer, f"{BEGIN}?tilbage=/mit-log-ind/")

    assert entered.url == "/mit-log-ind/"
    assert is_inside(client)
    assert lines() == [("logged_in", "")]
    bound = ProviderIdentity.objects.get()
    assert (bound.user, bound.issuer, bound.subject) == (office.adviser, issuer.address, "emne-1")
    [asked] = issuer.asked
    proved = base64.urlsafe_b64encode(hashlib.sha256(asked["code_verifier"].encode()).digest()).decode().rstrip("=")
    assert (proved, issuer.went["code_challenge_method"]) == (issuer.challenge, "S256")
    assert (asked["client_id"], asked["client_secret"], asked["code"]) == (CLIENT, SECRET, "en-kode")
    assert issuer.went["redirect_uri"] == f"{settings.SITE_URL}{ANSWER}"
    assert issuer.went["acr_values"] == "betydelig hoej"
    assert User.objects.filter(username="adviser").count() == 1


SIGNED = "Svaret er ikke underskrevet af din organisations log-ind, til os og lige nu."
USED = "Svaret er brugt før eller hører til et andet log-ind."
LOWER = "Du er logget ind med en lavere sikkerhed, end der kræves her."
NO_OFFICE = "Din organisation bruger ikke Samtaleflow"
NOBODY = "Du er ikke oprettet i Samtaleflow hos din organisation."


@pytest.mark.parametrize(
    ("lie", "sentence"),
    [
        pytest.param({"claims": {"aud": "en-anden"}}, SIGNED, id="wrong audience"),
        pytest.param({"claims": {"aud": [CLIENT, "en-anden"], "azp": "en-anden"}}, "Svaret er til en anden", id="azp"),
        pytest.param({"claims": {"aud": [CLIENT, "en-anden"]}}, "Svaret er til en anden", id="many audiences, no azp"),
        pytest.param({"claims": {"exp": 1_700_000_000}}, SIGNED, id="expired"),
        pytest.param({"claims": {"exp": None}}, SIGNED, id="without an end"),
        pytest.param({"claims": {"iss": "https://en-anden.example"}}, SIGNED, id="wrong issuer"),
        pytest.param({"claims": {"nonce": "fra-et-andet-log-ind"}}, USED, id="replayed nonce"),
        pytest.param({"claims": {"nonce": None}}, SIGNED, id="without nonce"),
        pytest.param({"claims": {"sub": None}}, SIGNED, id="without subject"),
        pytest.param({"algorithm": "none", "key": None}, SIGNED, id="alg none"),
        pytest.param({"algorithm": "HS256", "key": SECRET}, SIGNED, id="signed with the client's secret"),
        pytest.param({"key": STRANGE_KEY}, SIGNED, id="wrong signature"),
        pytest.param({"kid": "two"}, SIGNED, id="unknown key"),
        pytest.param({"claims": {"acr": "lav"}}, LOWER, id="lower level"),
        pytest.param({"claims": {"acr": None}}, LOWER, id="without level"),
        pytest.param({"claims": {"acr": ["betydelig"]}}, LOWER, id="levels in a list"),
        pytest.param({"claims": {"cvr": "99000228"}}, NO_OFFICE, id="unknown CVR"),
        pytest.param({"claims": {"cvr": None}}, NO_OFFICE, id="without CVR"),
        pytest.param({"claims": {"preferred_username": "ingen"}}, NOBODY, id="unknown user"),
        pytest.param({"claims": {"preferred_username": "Adviser"}}, NOBODY, id="almost that user"),
        pytest.param({"claims": {"preferred_username": None}}, NOBODY, id="without user"),
        pytest.param({"claims": {"preferred_username": "other_adviser"}}, NOBODY, id="user of another organisation"),
        pytest.param({"claims": {"preferred_username": "administrator"}}, NOBODY, id="user of none"),
        pytest.param({"token": {"error": "invalid_grant"}}, "svarer ikke, som det skal", id="no token"),
        pytest.param({"token": {"id_token": "x.y.z"}}, SIGNED, id="no token at all"),
        pytest.param({"token": b"<html>"}, "svarer ikke, som det skal", id="no JSON"),
    ],
)
def test_each_lie_is_refused_in_one_sentence_and_leaves_a_line(issuer, client, office, lie, sentence):
    for name, value in lie.items():
        setattr(issuer, name, value)

    refused = come_back(client, issuer)

    assert refused.status_code == 403
    assert refused.content.decode().count(sentence) == 1
    assert not is_inside(client)
    assert not ProviderIdentity.objects.exists()
    assert [kind for kind, _ in lines()] == ["provider_refused"]
    assert "emne-1" not in str(lines())


def test_an_answer_to_another_question_or_to_none_is_refused(issuer, client):
    assert "Du har ikke begyndt et log-ind her" in client.get(ANSWER, {"code": "x", "state": "y"}).content.decode()
    forged = come_back(client, issuer, state="en-andens")
    assert "hører ikke til det log-ind, du begyndte på" in forged.content.decode()
    mixed = come_back(client, issuer, iss="https://en-anden.example")
    assert "en anden udsteder" in mixed.content.decode()
    assert issuer.asked == []
    assert not is_inside(client)


def test_an_answer_holds_once(issuer, client):
    back = issuer.log_in(client.get(BEGIN).url)
    assert client.get(ANSWER, back).status_code == 302
    client.post(reverse("logout"))

    assert client.get(ANSWER, back).status_code == 403
    assert not is_inside(client)


def test_who_says_no_at_the_provider_comes_back_with_a_sentence(issuer, client):
    back = issuer.log_in(client.get(BEGIN).url)
    said = client.get(
        ANSWER, {"state": back["state"], "error": "access_denied", "error_description": "<b>010180-1234</b>"}
    )

    assert (said.status_code, "gav ikke adgang" in said.content.decode()) == (403, True)
    assert "010180" not in said.content.decode()


def test_who_comes_by_another_subject_is_refused_until_an_administrator_lets_them_begin_anew(issuer, client, office):
    come_back(client, issuer)
    client.post(reverse("logout"))
    issuer.claims = {"sub": "emne-2"}

    assert "knyttet til en anden konto" in come_back(client, issuer).content.decode()
    administrators = type(client)()
    administrators.force_login(office.administrator)
    session = administrators.session
    session["second_step"] = "passed"
    session.save()
    administrators.post(reverse("admin:cases_user_step", args=[office.adviser.pk]))

    assert come_back(client, issuer).status_code == 302
    assert ProviderIdentity.objects.get().subject == "emne-2"


def test_a_known_subject_is_the_same_user_under_a_new_name_and_no_other(issuer, client, office):
    come_back(client, issuer)
    client.post(reverse("logout"))
    issuer.claims = {"preferred_username": "colleague"}

    assert come_back(client, issuer).status_code == 302
    assert client.get("/").wsgi_request.user == office.adviser


def test_who_is_disabled_or_has_moved_is_not_let_in(issuer, client, office):
    come_back(client, issuer)
    for change in ({"is_active": False}, {"is_active": True, "organisation": office.other_fund}):
        User.objects.filter(pk=office.adviser.pk).update(**change)
        client.post(reverse("logout"))
        assert NOBODY in come_back(client, issuer).content.decode()


def test_an_issuer_that_is_another_or_does_not_answer_is_not_asked_further(issuer, client, settings):
    issuer.metadata = {"issuer": "https://en-anden.example"}
    assert "siger, at det er et andet" in client.get(BEGIN).content.decode()
    issuer.metadata = {"authorization_endpoint": "ftp://127.0.0.1/"}
    assert "svarer ikke" in client.get(BEGIN).content.decode()
    settings.PROVIDER.issuer = "http://127.0.0.1:1"
    assert client.get(BEGIN).status_code == 403


def test_what_matters_asks_the_provider_once_more_of_who_has_no_password(issuer, client, office, now):
    office.adviser.set_unusable_password()
    office.adviser.save()
    come_back(client, issuer)
    with time_machine.travel(now + timedelta(minutes=31), tick=False):
        asked = client.get(reverse("second_step_app"))
        out = client.get(asked.url)
        assert out.url == f"{BEGIN}?tilbage=%2Fandet-trin%2Fkodeapp%2F"

        back = issuer.log_in(client.get(out.url).url)
        assert (issuer.went["prompt"], issuer.went["max_age"]) == ("login", "0")
        issuer.claims = {"auth_time": int(time.time()) - 600}
        assert "spurgte dig ikke på ny" in client.get(ANSWER, back).content.decode()
        assert client.get(reverse("second_step_app")).status_code == 302
        issuer.claims = {}
        assert come_back(client, issuer, out.url).url == reverse("second_step_app")
        assert client.get(reverse("second_step_app")).status_code == 200


def test_who_has_a_password_too_may_prove_it_at_the_provider(issuer, client, office, now):
    come_back(client, issuer)
    with time_machine.travel(now + timedelta(minutes=31), tick=False):
        led = client.get(reverse("second_step_app")).url
        page = client.get(led).content.decode()
        [out] = re.findall(r'href="([^"]+)">Bekræft med Fagkassen', page)

        assert come_back(client, issuer, unescape(out)).url == reverse("second_step_app")
        assert client.get(reverse("second_step_app")).status_code == 200


def test_who_is_inside_does_not_become_another_by_it(issuer, client, office, settings):
    settings.SECOND_STEP_IS_DEMANDED = False
    log_in(client, office.colleague)

    refused = come_back(client, issuer)

    assert "Det er en anden end den, der er logget ind her." in refused.content.decode()
    assert client.get("/").wsgi_request.user == office.colleague


def test_a_first_step_by_password_is_no_second_one_by_the_provider_s_word_of_another(issuer, client, office):
    log_in(client, office.colleague)

    assert come_back(client, issuer).status_code == 403
    assert not is_inside(client)


def test_it_leads_to_no_foreign_page(issuer, client):
    assert come_back(client, issuer, f"{BEGIN}?tilbage=https://example.dk/").url == "/"


def test_without_a_provider_there_is_no_such_way(client, office):
    assert [client.get(page).url for page in (BEGIN, ANSWER)] == [reverse("login")] * 2
    assert "Log ind med" not in client.get(reverse("login")).content.decode()


def test_a_token_by_a_strange_key_in_its_own_header_is_not_believed(issuer, client):
    public = jwt.algorithms.RSAAlgorithm.to_jwk(STRANGE_KEY.public_key(), as_dict=True)
    now = int(time.time())
    claims = {"iss": issuer.address, "aud": CLIENT, "sub": "x", "iat": now, "exp": now + 300}
    back = issuer.log_in(client.get(BEGIN).url)
    headers = {"kid": "one", "jwk": public, "jku": f"{issuer.address}/andre"}
    forged = jwt.encode(claims | {"nonce": issuer.nonce}, STRANGE_KEY, algorithm="RS256", headers=headers)
    issuer.token = {"id_token": forged}

    assert SIGNED in client.get(ANSWER, back).content.decode()
