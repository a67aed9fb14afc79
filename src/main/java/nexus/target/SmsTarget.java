package nexus.target;

import java.net.URI;

/**
 * A telephone that gets text messages through Twilio's API, or through one of the same form.
 *
 * @param baseUrl of the API
 * @param from a number, a name or a messaging service
 */
public record SmsTarget(URI baseUrl, String accountSid, String authToken, String from, String to) implements Target {
    @Override
    public TargetType type() {
        return TargetType.SMS;
    }

    @Override
    public String toString() {
        return "SmsTarget[redacted]";
    }
}
