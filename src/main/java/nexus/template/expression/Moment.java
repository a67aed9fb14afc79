package nexus.template.expression;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import nexus.value.Value;

/** CEL's type timestamp: a message without fields that an expression can select. It is written as RFC 3339 in UTC. */
record Moment(Instant at) implements Value.Fields {
    @Override
    public Value get(String name) {
        return Value.MISSING;
    }

    @Override
    public Collection<String> names() {
        return List.of();
    }
}
