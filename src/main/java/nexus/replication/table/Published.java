package nexus.replication.table;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import nexus.event.Operation;
import nexus.replication.source.SqlName;
import nexus.replication.table.Leaf.Relation;

/**
 * The contents of a publication in the source database.
 *
 * @param allTables whether it is {@code FOR ALL TABLES}; an administrator's publication that Nexus does not change
 * @param schemas the schemas of {@code FOR TABLES IN SCHEMA}, also set by an administrator
 * @param viaRoot {@code publish_via_partition_root}
 * @param members the published tables by object id
 * @param added the tables that Nexus added; an administrator added the others
 */
public record Published(
        Set<Operation> operations,
        boolean allTables,
        Set<String> schemas,
        boolean viaRoot,
        GeneratedColumns generated,
        Map<Long, Member> members,
        Set<Long> added) {

    /** The value of {@code publish_generated_columns}. */
    public enum GeneratedColumns {
        /**
         * The option does not exist before PostgreSQL 18: generated columns are never published and cause no refusal.
         */
        IGNORED,
        NONE,
        STORED
    }

    /**
     * The options with which a table is a member.
     *
     * @param columns the column list; empty for all columns
     * @param filter the row filter as SQL
     * @param filterColumns the columns of that filter; the empty name stands for the whole row
     */
    public record Member(List<String> columns, Optional<String> filter, Set<String> filterColumns) {
        /** A membership with all columns of all rows. */
        public static final Member WHOLE = new Member(List.of(), Optional.empty(), Set.of());

        /** Stands for a filter that cannot be read at present. It is not SQL, so that no statement contains it by mistake. */
        public static final String UNREAD_FILTER = "unknown: the table is locked";

        public Member {
            columns = List.copyOf(columns);
            filterColumns = Set.copyOf(filterColumns);
        }

        public boolean isRestricted() {
            return !columns.isEmpty() || filter.isPresent();
        }

        public boolean isFilterKnown() {
            return !filter.equals(Optional.of(UNREAD_FILTER));
        }

        /** The text after the table's name in {@code ALTER PUBLICATION … ADD TABLE}. */
        public String sql() {
            StringBuilder sql = new StringBuilder();
            if (!columns.isEmpty()) {
                sql.append(" (")
                        .append(String.join(
                                ", ", columns.stream().map(SqlName::quoted).toList()))
                        .append(')');
            }
            filter.ifPresent(where -> sql.append(" WHERE (").append(where).append(')'));
            return sql.toString();
        }
    }

    public Published {
        operations = Set.copyOf(operations);
        schemas = Set.copyOf(schemas);
        members = Map.copyOf(members);
        added = Set.copyOf(added);
    }

    public boolean publishesOldRows() {
        return operations.contains(Operation.UPDATE) || operations.contains(Operation.DELETE);
    }

    /** Whether changes of this leaf are published, by its own membership or by that of a table above it. */
    public boolean covers(Leaf leaf) {
        return coversUnnamed(leaf)
                || members.containsKey(leaf.oid())
                || leaf.above().stream().anyMatch(above -> members.containsKey(above.oid()));
    }

    /** Whether every row of the table is published, also those of future partitions. */
    public boolean coversAll(SourceTable table) {
        return coversUnnamed(table)
                || members.containsKey(table.oid())
                || (!table.leavesInWal().isEmpty()
                        && table.leavesInWal().stream().allMatch(this::covers));
    }

    public boolean coversSome(SourceTable table) {
        return coversAll(table) || table.leavesInWal().stream().anyMatch(this::covers);
    }

    /** Whether an administrator publishes the table without naming it, so that it cannot be taken out. */
    public boolean coversUnnamed(SourceTable table) {
        return allTables || schemas.contains(table.schema());
    }

    public boolean coversUnnamed(Leaf leaf) {
        return allTables
                || Stream.concat(Stream.of(leaf.relation()), leaf.above().stream())
                        .map(Relation::schema)
                        .anyMatch(schemas::contains);
    }

    /**
     * The membership whose column list and row filter apply to the leaf: its own, or that of the table as which it is
     * sent.
     */
    public Member memberOf(Leaf leaf) {
        long sentAs = viaRoot
                ? leaf.above().reversed().stream()
                        .filter(above -> members.containsKey(above.oid()) || schemas.contains(above.schema()))
                        .map(Relation::oid)
                        .findFirst()
                        .orElse(leaf.oid())
                : leaf.oid();
        return members.getOrDefault(sentAs, Member.WHOLE);
    }

    /**
     * Whether the leaf can be in both publications. The stream ends with an error if their published columns of it
     * differ.
     */
    public boolean agreesWith(Published other, Leaf leaf) {
        List<String> columns = memberOf(leaf).columns();
        List<String> others = other.memberOf(leaf).columns();
        boolean isGenerated = leaf.identity().hasGeneratedColumns() && columns.isEmpty() && others.isEmpty();
        return columns.equals(others) && (!isGenerated || generated == other.generated);
    }

    public Member member(long oid) {
        return members.getOrDefault(oid, Member.WHOLE);
    }

    public boolean isOurs(long oid) {
        return members.containsKey(oid) && added.contains(oid);
    }

    public Published with(long oid, Member member) {
        Map<Long, Member> more = new HashMap<>(members);
        more.put(oid, member);
        return new Published(operations, allTables, schemas, viaRoot, generated, more, added);
    }

    public Published without(Set<Long> oids) {
        Map<Long, Member> fewer = new HashMap<>(members);
        fewer.keySet().removeAll(oids);
        Set<Long> fewerAdded = new HashSet<>(added);
        fewerAdded.removeAll(oids);
        return new Published(operations, allTables, schemas, viaRoot, generated, fewer, fewerAdded);
    }
}
