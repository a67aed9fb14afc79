package nexus.event;

import java.util.Collection;
import java.util.Map;
import java.util.function.Supplier;
import nexus.value.Value;
import org.jspecify.annotations.Nullable;

/** An object that is read when one of its fields is asked for. For one thread. */
final class LazyFields implements Value.Fields {
    /** Nothing is known of an object that cannot be read: it must not stop the events after it. */
    private static final Value.Fields UNREADABLE = new Value.Fields() {
        @Override
        public Value get(String name) {
            return Value.UNKNOWN;
        }

        @Override
        public Collection<String> names() {
            return Map.<String, Value>of().keySet();
        }
    };

    private final Supplier<Value> source;
    private Value.@Nullable Fields read;

    LazyFields(Supplier<Value> source) {
        this.source = source;
    }

    @Override
    public Value get(String name) {
        return read().get(name);
    }

    @Override
    public Collection<String> names() {
        return read().names();
    }

    private Value.Fields read() {
        Value.Fields known = read;
        if (known == null) {
            known = readNow();
            read = known;
        }
        return known;
    }

    private Value.Fields readNow() {
        try {
            return source.get() instanceof Value.Fields fields ? fields : UNREADABLE;
        } catch (RuntimeException | StackOverflowError e) {
            return UNREADABLE;
        }
    }
}
