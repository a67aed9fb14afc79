package nexus.testkit;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.EmptyWebhookSecretException;
import com.standardwebhooks.exceptions.WebhookVerificationException;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import nexus.testkit.ScriptedReceiver.Received;

/** Checks signatures as receivers do, with none of the code that makes them. */
public final class Signatures {
    private Signatures() {}

    /** Fails the test unless the webhook is signed with this secret, in both ways. */
    public static void verify(Received webhook, String secret) {
        verifyStandard(webhook, secret);
        if (!webhook.header("X-Signature").equals("sha256=" + hmac(secret, webhook.text()))) {
            throw new AssertionError("X-Signature is wrong");
        }
    }

    /** Fails the test unless one of the signatures of Standard Webhooks is made with this secret. */
    public static void verifyStandard(Received webhook, String secret) {
        HttpHeaders headers = HttpHeaders.of(
                webhook.headers().entrySet().stream()
                        .collect(Collectors.toMap(Map.Entry::getKey, header -> List.of(header.getValue()))),
                (name, value) -> true);
        try {
            new Webhook(secret).verify(webhook.text(), headers);
        } catch (WebhookVerificationException | EmptyWebhookSecretException e) {
            throw new AssertionError("webhook-signature is wrong", e);
        }
    }

    private static String hmac(String secret, String body) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(Base64.getDecoder().decode(secret.substring("whsec_".length())), "HmacSHA256"));
            return HexFormat.of().formatHex(mac.doFinal(body.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
