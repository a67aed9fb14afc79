package nexus.subscription.target;

import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import nexus.refusal.Refusal;
import nexus.target.TargetType;

/** See {@link SmsSettings}. */
final class SmsForm extends ObjectForm<SmsSettings> {
    private static final String DEFAULT_BASE = "https://api.twilio.com";
    /** E.164. */
    private static final Pattern NUMBER = Pattern.compile("\\+[1-9][0-9]{6,14}");

    /** A number, a short code, a messaging service, or a name of at most 11 characters with a letter. */
    private static final Pattern FROM = Pattern.compile("\\+[1-9][0-9]{6,14}|[0-9]{3,8}|MG[0-9a-fA-F]{32}"
            + "|(?=[0-9 ]{0,10}[A-Za-z])[A-Za-z0-9](?:[A-Za-z0-9 ]{0,9}[A-Za-z0-9])?");

    /** It becomes a segment of a path and a user name. Twilio's start with AC; other providers have UUIDs. */
    private static final Pattern ACCOUNT = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,63}");

    private static final Pattern TOKEN = Pattern.compile("[!-~]+");

    SmsForm() {
        super(
                TargetType.SMS,
                "A telephone that gets text messages through Twilio, or a provider with the same API.",
                new TargetFields(
                        TargetField.required("provider", new TargetField.Choice(List.of("twilio")), "The kind of API."),
                        TargetField.required(
                                "accountSid",
                                TargetField.Text.matching(64, ACCOUNT, "letters, digits, - and _"),
                                "The account at the provider."),
                        TargetField.required(
                                        "authToken",
                                        TargetField.Text.matching(256, TOKEN, "printable ASCII without spaces"),
                                        "The account's token.")
                                .secret(),
                        TargetField.required(
                                "from",
                                TargetField.Text.matching(
                                        34,
                                        FROM,
                                        "a number such as +15005550006, a short code, a name of at most 11 letters and"
                                                + " digits, or the id of a messaging service"),
                                "The sender."),
                        TargetField.required(
                                "to",
                                TargetField.Text.matching(16, NUMBER, "a number in E.164 form, such as +15005550006"),
                                "The telephone."),
                        TargetField.optional(
                                "baseUrl",
                                new TargetField.Url(),
                                "Where the API is, without query. Default: " + DEFAULT_BASE + ".")));
    }

    @Override
    void check(JsonObject values, String pointer) {
        if (URI.create(values.getString("baseUrl", DEFAULT_BASE)).getRawQuery() != null) {
            throw new Refusal.Invalid(pointer + "/baseUrl", "must not have a query");
        }
    }

    @Override
    SmsSettings of(JsonObject values) {
        return new SmsSettings(
                URI.create(values.getString("baseUrl", DEFAULT_BASE)),
                values.getString("accountSid"),
                values.getString("authToken"),
                values.getString("from"),
                values.getString("to"));
    }

    @Override
    JsonObject values(SmsSettings settings) {
        return new JsonObject()
                .put("provider", "twilio")
                .put("accountSid", settings.accountSid())
                .put("authToken", settings.authToken())
                .put("from", settings.from())
                .put("to", settings.to())
                .put("baseUrl", settings.baseUrl().toString());
    }

    @Override
    public Optional<String> moved(SmsSettings before, SmsSettings after) {
        return EndpointUrl.origin(before.baseUrl()).equals(EndpointUrl.origin(after.baseUrl()))
                ? Optional.empty()
                : Optional.of("the origin of target.baseUrl");
    }
}
