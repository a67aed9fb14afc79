package nexus.chat;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import nexus.message.Message;
import nexus.message.Messages;
import nexus.message.PlainText;
import nexus.target.SendResult;
import nexus.target.SendResult.Extent;
import nexus.target.TargetType;
import nexus.value.Value;
import nexus.webhook.RefusedAnswer;
import nexus.webhook.WebhookSender;
import org.jspecify.annotations.Nullable;

/**
 * Posts to Discord.
 *
 * @see <a href="https://docs.discord.com/developers/resources/webhook#execute-webhook">Execute webhook</a>
 * @see <a href="https://docs.discord.com/developers/topics/rate-limits">Rate limits</a>
 */
@Singleton
final class DiscordSender extends ChatSender {
    private static final int MAX_CONTENT = 2_000;
    /** SUPPRESS_EMBEDS: links in a message show no preview, because they come from outside. */
    private static final int WITHOUT_PREVIEWS = 4;

    private static final Pattern MARKUP = Pattern.compile("[\\\\`*_~|>#\\[\\]()<]");
    private static final int UNKNOWN_CHANNEL = 10_003;
    private static final int UNKNOWN_WEBHOOK = 10_015;
    private static final int INVALID_WEBHOOK_TOKEN = 50_027;
    private static final Duration LONGEST_PAUSE = Duration.ofHours(24);
    private static final int MAX_DIGITS = 18;

    @Inject
    DiscordSender(WebhookSender http) {
        super(TargetType.DISCORD, http);
    }

    @Override
    Value body(Message message) {
        return written(joined(
                "**" + escaped(message.title()) + "**",
                message.facts().stream()
                        .map(fact -> escaped(fact.name() + ": " + fact.change()))
                        .toList(),
                message.more(),
                "-# " + escaped(message.footer()),
                MAX_CONTENT));
    }

    /** It may have markup of its own, but mentions nobody. */
    @Override
    Value body(String text) {
        return written(PlainText.cut(text, MAX_CONTENT));
    }

    private static Value written(String content) {
        return object("content", content, "allowed_mentions", object("parse", List.of()), "flags", WITHOUT_PREVIEWS);
    }

    static String escaped(String text) {
        return MARKUP.matcher(text).replaceAll("\\\\$0");
    }

    @Override
    SendResult refused(RefusedAnswer answer) {
        Optional<Value.Fields> problem = problem(answer.text());
        int code = problem.map(DiscordSender::code).orElse(0);
        if ((answer.status() == 404 && (code == UNKNOWN_WEBHOOK || code == UNKNOWN_CHANNEL))
                || (answer.status() == 401 && code == INVALID_WEBHOOK_TOKEN)) {
            return answer.of(
                    new Extent.AllForGood("Discord answered " + answer.status() + " " + code), Integer.toString(code));
        } else if (answer.status() == 429) {
            return answer.of(new Extent.AllForNow(pause(answer, problem)));
        } else if (answer.status() == 400 && code != 0) { // the same content is refused again
            return answer.of(new Extent.ThisDeliveryForGood(), Integer.toString(code));
        }
        return answer.usual();
    }

    private static Optional<Value.Fields> problem(String text) {
        return Messages.read(text.getBytes(StandardCharsets.UTF_8))
                .filter(Value.Fields.class::isInstance)
                .map(Value.Fields.class::cast);
    }

    private static int code(Value.Fields problem) {
        return problem.get("code") instanceof Value.Num code && code.text().matches("[0-9]{1,9}")
                ? Integer.parseInt(code.text())
                : 0;
    }

    /** The body has fractions of seconds; a header has whole ones. */
    private static Optional<Duration> pause(RefusedAnswer answer, Optional<Value.Fields> problem) {
        return problem.map(fields -> fields.get("retry_after"))
                .flatMap(value -> value instanceof Value.Num number ? seconds(number.text()) : Optional.empty())
                .or(() -> seconds(answer.headers().header("X-RateLimit-Reset-After")))
                .or(answer::retryAfter);
    }

    /** @return at most 24 h, rounded up to milliseconds; empty when it is no number of seconds */
    static Optional<Duration> seconds(@Nullable String text) {
        if (text == null || !text.strip().matches("[0-9]{1," + MAX_DIGITS + "}(\\.[0-9]{1," + MAX_DIGITS + "})?")) {
            return Optional.empty();
        }
        BigDecimal millis = new BigDecimal(text.strip()).movePointRight(3);
        return Optional.of(
                millis.compareTo(BigDecimal.valueOf(LONGEST_PAUSE.toMillis())) > 0
                        ? LONGEST_PAUSE
                        : Duration.ofMillis(
                                millis.setScale(0, RoundingMode.CEILING).longValueExact()));
    }
}
