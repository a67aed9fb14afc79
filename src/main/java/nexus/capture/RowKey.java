package nexus.capture;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import nexus.event.EventKey;
import nexus.event.Ordering;
import nexus.event.SearchKeys;
import nexus.pgoutput.PgOutputMessage.Column;
import nexus.pgoutput.PgOutputMessage.OldRow;
import nexus.pgoutput.PgOutputMessage.Relation;
import nexus.pgoutput.PgOutputMessage.ReplicaIdentity;
import nexus.pgoutput.TupleData;
import org.jspecify.annotations.Nullable;

/**
 * The columns that identify a row, so that changes of one row stay in order, and its changes are found.
 *
 * @param scope the start of an {@link EventKey}, for the table of the partition root: a row that moves between partitions
 *     keeps its key
 * @param columns indexes in the RELATION message; empty when the whole table is one key
 * @param names of these columns
 * @param primary indexes of the primary key when the columns are those of another index; else empty
 * @param types of all columns of the message
 */
record RowKey(String scope, List<Integer> columns, List<String> names, List<Integer> primary, List<Integer> types) {

    /**
     * Under FULL the identity in the WAL is the whole row, which differs after each UPDATE, so the primary key is used if the
     * message has all its columns. Otherwise a DELETE contains only the columns of the identity, so a primary key beside an
     * identity index cannot be used.
     */
    static RowKey of(Relation relation, String scope, List<String> primaryKey) {
        List<String> allNames = relation.columns().stream().map(Column::name).toList();
        List<Integer> identity = new ArrayList<>();
        for (int i = 0; i < allNames.size(); i++) {
            if (relation.columns().get(i).isInIdentity()) {
                identity.add(i);
            }
        }
        List<Integer> primary = allNames.containsAll(primaryKey)
                ? primaryKey.stream().map(allNames::indexOf).toList()
                : List.of();
        boolean isPrimary = relation.identity() == ReplicaIdentity.FULL
                || identity.isEmpty()
                || Set.copyOf(identity).equals(Set.copyOf(primary));
        List<Integer> columns = isPrimary ? primary : List.copyOf(identity);
        return new RowKey(
                scope,
                columns,
                columns.stream().map(allNames::get).toList(),
                isPrimary ? List.of() : primary,
                relation.columns().stream().map(Column::typeOid).toList());
    }

    /** Whether both descriptions of the table give a row the same key. */
    boolean sameAs(RowKey other) {
        return scope.equals(other.scope) && names.equals(other.names);
    }

    /**
     * @param before null when the old row is not known, and for inserts
     * @param after null for deletes; both null for truncates
     */
    Ordering of(@Nullable OldRow before, @Nullable TupleData after) {
        TupleData then = before == null ? after : before.values();
        TupleData now = after == null ? then : after;
        if (columns.isEmpty()) {
            return new Ordering.Key(tableHash());
        } else if (then == null || now == null) {
            return barrier();
        }
        OptionalLong thenHash = hash(columns, then, then);
        OptionalLong nowHash = hash(columns, now, then);
        if (thenHash.isEmpty() || nowHash.isEmpty()) {
            return barrier();
        }
        return thenHash.equals(nowHash)
                ? new Ordering.Key(nowHash.getAsLong())
                : new Ordering.TwoKeys(nowHash.getAsLong(), thenHash.getAsLong());
    }

    /** Orders the event with all others of the lane: it belongs to no key, or keys are computed differently from here on. */
    Ordering barrier() {
        return new Ordering.Barrier(tableHash());
    }

    private long tableHash() {
        return Ordering.hash(scope);
    }

    /**
     * Under which a change is found. A row with an identity beside its primary key is found under both, except that the WAL
     * has only the identity of a deleted one.
     *
     * @param natural the ordering that the rows give
     */
    SearchKeys searched(Ordering natural, @Nullable OldRow before, @Nullable TupleData after) {
        if (primary.isEmpty() || after == null || !(natural instanceof Ordering.Key identity)) {
            return SearchKeys.of(natural);
        }
        OptionalLong key = hash(primary, after, before == null ? after : before.values());
        return key.isEmpty() ? SearchKeys.of(natural) : new SearchKeys(key.getAsLong(), identity.hash());
    }

    /**
     * @param instead a row with the value where {@code row} has it only as unchanged
     * @return empty if a value of the key is not in the WAL
     */
    private OptionalLong hash(List<Integer> of, TupleData row, TupleData instead) {
        StringBuilder key = new StringBuilder(scope);
        for (int i = 0; i < of.size(); i++) {
            int column = of.get(i);
            key.append(i == 0 ? "" : ",");
            TupleData from = row.kind(column) == TupleData.Kind.UNCHANGED ? instead : row;
            switch (from.kind(column)) {
                case TEXT -> key.append(EventKey.value(KeyText.of(types.get(column), from.text(column))));
                case NULL -> key.append("%00"); // no value has this text
                case UNCHANGED, BINARY, OMITTED -> {
                    return OptionalLong.empty();
                }
            }
        }
        return OptionalLong.of(Ordering.hash(key.toString()));
    }
}
