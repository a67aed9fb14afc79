package nexus.message;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a person reads of an event. Everything in it is one line of plain text without control characters; what it means in
 * the markup of a product is not known here.
 *
 * @param title what happened
 * @param facts the columns or fields, in their order
 * @param more how many facts were left out
 * @param footer where and when
 */
public record Message(String title, List<Fact> facts, int more, String footer) {
    public Message {
        facts = List.copyOf(facts);
    }

    /**
     * One column or field.
     *
     * @param before the value that it had; empty when that is not known
     */
    public record Fact(String name, Optional<String> before, String value) {
        /** {@code paid}, or {@code open → paid}. */
        public String change() {
            return before.map(old -> old + " → " + value).orElse(value);
        }

        /** Payloads stay out of logs. */
        @Override
        public String toString() {
            return "Fact[redacted]";
        }
    }

    /** The mark for facts that were left out; empty when there are none. */
    public Optional<String> remainder() {
        return more == 0 ? Optional.empty() : Optional.of("… and " + more + " more");
    }

    /** With fewer facts. */
    public Message withFacts(int most) {
        return facts.size() <= most
                ? this
                : new Message(title, facts.subList(0, most), more + facts.size() - most, footer);
    }

    /** As plain text: the title, a line for each fact, and the footer. */
    public String text() {
        String lines = facts.stream()
                .map(fact -> fact.name() + ": " + fact.change() + '\n')
                .collect(Collectors.joining());
        return title + '\n' + lines + remainder().map(mark -> mark + '\n').orElse("") + footer;
    }

    /** As plain text of at most this many UTF-16 units: facts at the end are left out first. */
    public String text(int max) {
        Message shorter = this;
        while (shorter.text().length() > max && !shorter.facts().isEmpty()) {
            shorter = shorter.withFacts(shorter.facts().size() - 1);
        }
        return PlainText.cut(shorter.text(), max);
    }

    /** Payloads stay out of logs. */
    @Override
    public String toString() {
        return "Message[redacted]";
    }
}
