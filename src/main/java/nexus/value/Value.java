package nexus.value;

import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** A value inside an event: one of JSON's, or the reason why there is none. */
public sealed interface Value {
    Value MISSING = new Missing();
    Value UNKNOWN = new Unknown();
    Value NULL = new Null();
    Value TRUE = new Bool(true);
    Value FALSE = new Bool(false);

    static Value of(boolean value) {
        return value ? TRUE : FALSE;
    }

    /** There is no such field. */
    record Missing() implements Value {}

    /** The field exists, but its value is not in the event, such as a large column that the WAL leaves out. */
    record Unknown() implements Value {}

    record Null() implements Value {}

    record Bool(boolean value) implements Value {}

    /** A number. Two are equal when their values are, as {@code 1.10} and {@code 1.1}. */
    record Num(Numeral number) implements Value {
        public static Num of(String text) {
            return new Num(Numeral.of(text));
        }

        public static Num of(long value) {
            return of(Long.toString(value));
        }

        /** As it was written. */
        public String text() {
            return number.text();
        }
    }

    record Text(String value) implements Value {}

    record Items(List<Value> values) implements Value {}

    /** An object, or a row. */
    non-sealed interface Fields extends Value {
        /** Missing when there is no field of this name. */
        Value get(String name);

        /** The names of the fields that have a value, in their order. */
        Collection<String> names();

        static Fields of(Map<String, Value> values) {
            return new Members(Collections.unmodifiableMap(values));
        }
    }

    /** An object whose fields are all there. */
    record Members(Map<String, Value> values) implements Fields {
        @Override
        public Value get(String name) {
            return values.getOrDefault(name, MISSING);
        }

        @Override
        public Collection<String> names() {
            return values.keySet();
        }
    }
}
