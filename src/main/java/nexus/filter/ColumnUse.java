package nexus.filter;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import nexus.value.Value;

/**
 * A condition on a column of a row change.
 *
 * @param pointer its place in the filter
 * @param isOld whether it reads the old value
 * @param isChange whether it compares old and new value
 * @param isNested whether it reads a part of the column's JSON
 * @param kinds the types of value for which it can hold; empty: any
 */
public record ColumnUse(
        String pointer, String column, boolean isOld, boolean isChange, boolean isNested, Set<Kind> kinds) {
    private static final List<String> RECORD = List.of("data", RowChangeFields.RECORD);
    private static final List<String> OLD_RECORD = List.of("data", RowChangeFields.OLD_RECORD);

    /** A type of JSON's scalars. */
    public enum Kind {
        TEXT,
        NUMBER,
        BOOLEAN,
        NULL
    }

    public ColumnUse {
        kinds = Set.copyOf(kinds);
    }

    static List<ColumnUse> of(Condition condition) {
        List<ColumnUse> uses = new ArrayList<>();
        collect(condition, Path.ROOT, uses);
        return List.copyOf(uses);
    }

    private static void collect(Condition condition, Path path, List<ColumnUse> uses) {
        switch (condition) {
            case Condition.Field field -> collect(field.inner(), path.then(field.name()), uses);
            case Condition.All all -> all.parts().forEach(part -> collect(part, path, uses));
            case Condition.Any any -> any.parts().forEach(part -> collect(part, path, uses));
            case Condition.Not not -> collect(not.inner(), path, uses);
            case Condition.Equal equal -> withOperand(equal, path, equal.operand(), uses);
            case Condition.Ordered ordered -> withOperand(ordered, path, ordered.operand(), uses);
            case Condition.Containing containing -> withOperand(containing, path, containing.operand(), uses);
            case Condition.Affix affix -> {
                add(affix, path, false, EnumSet.of(Kind.TEXT), uses);
                reference(affix, affix.operand(), uses);
            }
            case Condition.Among among -> {
                EnumSet<Kind> kinds = EnumSet.noneOf(Kind.class);
                among.scalars().forEach(value -> kinds.addAll(kinds(value)));
                if (among.orNull()) {
                    kinds.add(Kind.NULL);
                }
                add(among, path, false, kinds, uses);
            }
            case Condition.AmongOthers others -> withOperand(others, path, others.operand(), uses);
            case Condition.Existing existing -> add(existing, path, false, Set.of(), uses);
            case Condition.Changed changed -> add(changed, path, true, Set.of(), uses);
        }
    }

    private static void withOperand(Condition.Clause clause, Path path, Operand operand, List<ColumnUse> uses) {
        Set<Kind> kinds = operand instanceof Operand.Literal(Value literal) ? kinds(literal) : Set.of();
        add(clause, path, false, kinds, uses);
        reference(clause, operand, uses);
    }

    private static void reference(Condition.Clause clause, Operand operand, List<ColumnUse> uses) {
        if (operand instanceof Operand.Reference reference) {
            add(clause, reference.path(), false, Set.of(), uses);
        }
    }

    private static void add(
            Condition.Clause clause, Path path, boolean isChange, Set<Kind> kinds, List<ColumnUse> uses) {
        List<String> names = path.names();
        if (names.size() < RowChangeFields.COLUMN_DEPTH) {
            return;
        }
        List<String> row = names.subList(0, RowChangeFields.COLUMN_DEPTH - 1);
        if (row.equals(RECORD) || row.equals(OLD_RECORD)) {
            uses.add(new ColumnUse(
                    clause.source().pointer(),
                    names.get(RowChangeFields.COLUMN_DEPTH - 1),
                    row.equals(OLD_RECORD),
                    isChange,
                    names.size() > RowChangeFields.COLUMN_DEPTH,
                    kinds));
        }
    }

    private static Set<Kind> kinds(Value value) {
        return switch (value) {
            case Value.Text text -> EnumSet.of(Kind.TEXT);
            case Value.Num num -> EnumSet.of(Kind.NUMBER);
            case Value.Bool bool -> EnumSet.of(Kind.BOOLEAN);
            case Value.Null none -> EnumSet.of(Kind.NULL);
            case Value.Items items -> Set.of();
            case Value.Fields fields -> Set.of();
            case Value.Missing missing -> Set.of();
            case Value.Unknown unknown -> Set.of();
        };
    }
}
