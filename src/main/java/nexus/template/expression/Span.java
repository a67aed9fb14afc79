package nexus.template.expression;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import nexus.value.Value;

/** CEL's type duration: a message without fields that an expression can select. It is written in seconds, as {@code 90s}. */
record Span(Duration length) implements Value.Fields {
    @Override
    public Value get(String name) {
        return Value.MISSING;
    }

    @Override
    public Collection<String> names() {
        return List.of();
    }
}
