package nexus.filter;

import nexus.value.Value;

/** What a value is compared with. */
sealed interface Operand {
    Value value(Value.Fields event);

    record Literal(Value literal) implements Operand {
        @Override
        public Value value(Value.Fields event) {
            return literal;
        }
    }

    /** Another value of the same event. */
    record Reference(Path path) implements Operand {
        @Override
        public Value value(Value.Fields event) {
            return path.in(event);
        }
    }
}
