package nexus.subscription.target;

import java.net.URI;
import java.time.Instant;
import java.util.List;
import nexus.target.SmsTarget;
import nexus.target.TargetType;

/**
 * A telephone that gets text messages.
 *
 * @param baseUrl of the provider's API
 * @param from a number, a name or a messaging service
 */
public record SmsSettings(URI baseUrl, String accountSid, String authToken, String from, String to)
        implements TargetSettings {
    @Override
    public TargetType type() {
        return TargetType.SMS;
    }

    @Override
    public SmsTarget at(Instant now) {
        return new SmsTarget(baseUrl, accountSid, authToken, from, to);
    }

    @Override
    public SmsTarget withoutCredentialsAt(Instant now) {
        return new SmsTarget(baseUrl, accountSid, TargetHeaders.HIDDEN, from, to);
    }

    @Override
    public String place() {
        return String.join(" ", baseUrl.toString(), accountSid, to, from); // only the last part may contain a blank
    }

    @Override
    public String defaultName() {
        return EndpointUrl.host(baseUrl);
    }

    @Override
    public List<URI> reaches() {
        return List.of(baseUrl);
    }

    @Override
    public String toString() {
        return "SmsSettings[redacted]";
    }
}
