package nexus.sms;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import nexus.shape.Parcel;
import nexus.shape.Unshapable;
import nexus.target.Described;
import nexus.target.Permission;
import nexus.target.SendResult;
import nexus.target.Sender;
import nexus.target.SendingLoop;
import nexus.target.SmsTarget;
import nexus.target.TargetType;
import nexus.target.credential.TargetAccess;
import nexus.target.credential.TargetAuth;
import nexus.webhook.Outgoing;
import nexus.webhook.WebhookSender;

/**
 * Sends text messages through Twilio's API.
 *
 * @see <a href="https://www.twilio.com/docs/messaging/api/message-resource#create-a-message-resource">Create a message</a>
 */
@Singleton
final class SmsSender implements Sender<SmsTarget> {
    private static final String FORM = "application/x-www-form-urlencoded";
    private static final String NO_TEXT = "transform must give a text that is not empty, or an object with such a text";

    private final WebhookSender http;
    private final SendingLoop loop;

    @Inject
    SmsSender(WebhookSender http, SendingLoop loop) {
        this.http = http;
        this.loop = loop;
    }

    @Override
    public TargetType type() {
        return TargetType.SMS;
    }

    @Override
    public Future<SendResult> send(SmsTarget target, Parcel parcel, int attempt, Permission permission) {
        Optional<String> text = SmsText.of(parcel);
        return text.isEmpty() ? unsendable() : http.send(outgoing(target, parcel, text.get()), attempt, permission);
    }

    @Override
    public Described describe(SmsTarget target, Parcel parcel, int attempt) {
        String text = SmsText.of(parcel).orElseThrow(() -> new IllegalArgumentException(NO_TEXT));
        Described described = http.describe(outgoing(target, parcel, text), attempt);
        Map<String, String> headers = new LinkedHashMap<>(described.headers());
        headers.put(HttpHeaders.AUTHORIZATION.toString(), "Basic ***"); // the account and the hidden token in Base64
        return new Described(described.method(), described.url(), headers, described.body());
    }

    /** Completes in another turn of the loop, because the caller may be iterating over its deliveries. */
    private Future<SendResult> unsendable() {
        Promise<SendResult> promise = Promise.promise();
        loop.context()
                .runOnContext(ignored -> promise.complete(
                        new SendResult.Unsendable(Unshapable.Reason.TRANSFORM_FAILED.text(), NO_TEXT, Duration.ZERO)));
        return promise.future();
    }

    private static Outgoing outgoing(SmsTarget target, Parcel parcel, String text) {
        String sender = target.from().startsWith("MG") && target.from().length() == 34 ? "MessagingServiceSid" : "From";
        String form = field("To", target.to()) + '&' + field(sender, target.from()) + '&' + field("Body", text);
        return new Outgoing.Unsigned(
                parcel,
                endpoint(target),
                new TargetAccess(
                        Optional.empty(), TargetAuth.basic(target.accountSid(), target.authToken()), Optional.empty()),
                FORM,
                Buffer.buffer(form),
                SmsAnswer::refused,
                false);
    }

    private static URI endpoint(SmsTarget target) {
        String base = target.baseUrl().toString();
        while (base.endsWith("/")) {
            base = base.substring(0, base.length() - 1);
        }
        return URI.create(base + "/2010-04-01/Accounts/" + target.accountSid() + "/Messages.json");
    }

    private static String field(String name, String value) {
        return name + '=' + URLEncoder.encode(value, StandardCharsets.UTF_8);
    }

    /** The sender of webhooks ends the requests that it makes for this one. */
    @Override
    public void cutOff() {}
}
