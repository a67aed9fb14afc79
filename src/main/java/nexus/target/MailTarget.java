package nexus.target;

import java.util.List;
import java.util.Optional;

/**
 * Mailboxes that get one mail for each event.
 *
 * @param to at least one, each once
 * @param subject of every mail; empty: the content's own
 */
public record MailTarget(List<MailAddress> to, Optional<String> subject) implements Target {
    public MailTarget {
        to = List.copyOf(to);
        if (to.isEmpty()) {
            throw new IllegalArgumentException("a mail has at least one recipient");
        }
    }

    @Override
    public TargetType type() {
        return TargetType.EMAIL;
    }

    /** Addresses are personal data. */
    @Override
    public String toString() {
        return "MailTarget[redacted]";
    }
}
