package nexus.sms;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import nexus.message.Messages;
import nexus.target.SendResult;
import nexus.target.SendResult.Extent;
import nexus.value.Value;
import nexus.webhook.RefusedAnswer;

/**
 * What an answer of Twilio's API means. A message that can never reach the telephone is given up at once. What is wrong with
 * the account or the sender concerns all messages, and a person mends it: until then they are held.
 *
 * @see <a href="https://www.twilio.com/docs/api/errors">Error dictionary</a>
 */
final class SmsAnswer {
    /** The number is none, cannot get text messages or has opted out; or the text is refused. */
    private static final Set<Integer> NEVER =
            Set.of(21211, 21214, 21217, 21219, 21265, 21266, 21602, 21604, 21610, 21612, 21614, 21617, 21635);

    /** The sender is none of the account's, or the account may not send to this region. */
    private static final Set<Integer> MISCONFIGURED = Set.of(
            20003, 20005, 20404, 21212, 21408, 21603, 21606, 21607, 21608, 21659, 21660, 21661, 21701, 21703, 21704);

    /** The sender has too many messages in the provider's queue. */
    private static final int QUEUE_FULL = 21611;

    private SmsAnswer() {}

    static SendResult refused(RefusedAnswer answer) {
        int code = code(answer.text());
        int status = answer.status();
        if (status >= 500 || status == 429) {
            return answer.usual();
        } else if (code == QUEUE_FULL) {
            return answer.of(new Extent.AllForNow(answer.retryAfter()), Integer.toString(code));
        } else if (NEVER.contains(code)) {
            return answer.of(new Extent.ThisDeliveryForGood(), Integer.toString(code));
        } else if (MISCONFIGURED.contains(code)) {
            return answer.outOfService("the provider's code is " + code);
        }
        return switch (status) {
            case 401 -> answer.outOfService("the provider refuses the account and its token");
            case 403 -> answer.outOfService("the account may not send");
            case 404 -> answer.outOfService("the provider does not know the account");
            default -> code == 0 ? answer.usual() : answer.of(new Extent.ThisDelivery(), Integer.toString(code));
        };
    }

    private static int code(String text) {
        Optional<Value> body = Messages.read(text.getBytes(StandardCharsets.UTF_8));
        return body.isPresent()
                        && body.get() instanceof Value.Fields fields
                        && fields.get("code") instanceof Value.Num code
                        && code.text().matches("[0-9]{1,9}")
                ? Integer.parseInt(code.text())
                : 0;
    }
}
