package nexus.filter;

import java.util.List;
import java.util.Set;
import nexus.value.Value;

/** A compiled part of a filter. It is tested on the value at its place in the event. */
sealed interface Condition {
    Truth test(Value here, Evaluation evaluation);

    /**
     * How a condition was written.
     *
     * @param pointer its place in the filter
     * @param text as JSON, of bounded length
     */
    record Source(String pointer, String text) {}

    /** A condition on the value of a field. */
    record Field(String name, Condition inner) implements Condition {
        @Override
        public Truth test(Value here, Evaluation evaluation) {
            return inner.test(Path.step(here, name), evaluation);
        }
    }

    record All(Source source, List<Condition> parts) implements Condition {
        @Override
        public Truth test(Value here, Evaluation evaluation) {
            Truth all = Truth.TRUE;
            for (int i = 0; i < parts.size() && all != Truth.FALSE; i++) {
                all = all.and(parts.get(i).test(here, evaluation));
            }
            return all;
        }
    }

    record Any(Source source, List<Condition> parts) implements Condition {
        @Override
        public Truth test(Value here, Evaluation evaluation) {
            Truth any = Truth.FALSE;
            for (int i = 0; i < parts.size() && any != Truth.TRUE; i++) {
                any = any.or(parts.get(i).test(here, evaluation));
            }
            return any;
        }
    }

    /** @param isWritten false when the text of the inner condition contains the negation, as of {@code $neq} */
    record Not(Condition inner, boolean isWritten) implements Condition {
        @Override
        public Truth test(Value here, Evaluation evaluation) {
            return inner.test(here, evaluation).not();
        }
    }

    /** A condition without parts. */
    sealed interface Clause extends Condition {
        Source source();
    }

    record Equal(Source source, Operand operand) implements Clause {
        @Override
        public Truth test(Value here, Evaluation evaluation) {
            return Comparison.equal(here, operand.value(evaluation.event()));
        }
    }

    /** One of several scalars that are known when the filter is compiled. */
    record Among(Source source, Set<Value> scalars, boolean orNull) implements Clause {
        @Override
        public Truth test(Value here, Evaluation evaluation) {
            return Comparison.isAmong(here, scalars, orNull);
        }
    }

    /** One of the values of an array in the same event. */
    record AmongOthers(Source source, Operand.Reference operand) implements Clause {
        @Override
        public Truth test(Value here, Evaluation evaluation) {
            return switch (operand.value(evaluation.event())) {
                case Value.Unknown unknown -> Truth.UNKNOWN;
                case Value.Items items -> Comparison.isAmong(here, items.values());
                case Value other -> Comparison.equal(here, other);
            };
        }
    }

    record Ordered(Source source, Comparison.Order order, Operand operand) implements Clause {
        @Override
        public Truth test(Value here, Evaluation evaluation) {
            return order.test(here, operand.value(evaluation.event()));
        }
    }

    record Affix(Source source, boolean isAtStart, Operand operand) implements Clause {
        @Override
        public Truth test(Value here, Evaluation evaluation) {
            Value affix = operand.value(evaluation.event());
            if (here instanceof Value.Unknown || affix instanceof Value.Unknown) {
                return Truth.UNKNOWN;
            }
            return Truth.of(here instanceof Value.Text text
                    && affix instanceof Value.Text its
                    && (isAtStart
                            ? text.value().startsWith(its.value())
                            : text.value().endsWith(its.value())));
        }
    }

    /** A text within a text, or a scalar within an array. */
    record Containing(Source source, Operand operand, Needle literal) implements Clause {
        @Override
        public Truth test(Value here, Evaluation evaluation) {
            Value part = operand.value(evaluation.event());
            if (here instanceof Value.Unknown || part instanceof Value.Unknown) {
                return Truth.UNKNOWN;
            }
            if (here instanceof Value.Items items) {
                return Comparison.isScalar(part) || Comparison.isNull(part)
                        ? Comparison.contains(items.values(), part)
                        : Truth.FALSE;
            }
            if (!(here instanceof Value.Text text) || !(part instanceof Value.Text its)) {
                return Truth.FALSE;
            }
            if (!evaluation.maySearch(text.value().length())) {
                return Truth.UNKNOWN;
            }
            Needle needle = operand instanceof Operand.Literal ? literal : new Needle(its.value());
            return Truth.of(needle.isIn(text.value()));
        }
    }

    record Existing(Source source, boolean expected) implements Clause {
        @Override
        public Truth test(Value here, Evaluation evaluation) {
            return here instanceof Value.Unknown ? Truth.UNKNOWN : Truth.of(expected != here instanceof Value.Missing);
        }
    }

    /**
     * Whether a value of the new row differs from the old row's.
     *
     * @param old the path of the old value
     * @param column the column that the value is, or is a part of
     */
    record Changed(Source source, boolean expected, Path old, String column) implements Clause {
        @Override
        public Truth test(Value here, Evaluation evaluation) {
            Truth changed = changed(old.in(evaluation.event()), here, evaluation.event());
            return expected ? changed : changed.not();
        }

        private Truth changed(Value before, Value now, Value.Fields event) {
            if (before instanceof Value.Missing && now instanceof Value.Missing) {
                return Truth.FALSE;
            }
            if (before instanceof Value.Unknown || now instanceof Value.Unknown) {
                return isColumn() && RowChangeFields.isListedAsChanged(event, column) ? Truth.TRUE : Truth.UNKNOWN;
            }
            return Comparison.same(before, now).not();
        }

        private boolean isColumn() {
            return old.names().size() == RowChangeFields.COLUMN_DEPTH;
        }
    }
}
