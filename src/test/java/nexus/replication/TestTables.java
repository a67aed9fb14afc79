package nexus.replication;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import nexus.event.Operation;
import nexus.replication.table.Leaf;
import nexus.replication.table.Leaf.Relation;
import nexus.replication.table.Published;
import nexus.replication.table.Published.GeneratedColumns;
import nexus.replication.table.Published.Member;
import nexus.replication.table.ReplicaIdentity;
import nexus.replication.table.ReplicaIdentity.Setting;
import nexus.replication.table.SourceTable;

/** Tables and publications as facts, for tests of what is decided about them. */
public final class TestTables {
    public static final ReplicaIdentity KEY = ReplicaIdentity.of(Setting.DEFAULT, "id");
    public static final ReplicaIdentity FULL = ReplicaIdentity.of(Setting.FULL);
    public static final ReplicaIdentity NONE = ReplicaIdentity.of(Setting.DEFAULT);

    private TestTables() {}

    public static SourceTable table(long oid, String name, ReplicaIdentity identity) {
        return table(oid, name, SourceTable.Kind.TABLE, identity);
    }

    public static SourceTable table(long oid, String name, SourceTable.Kind kind, ReplicaIdentity identity) {
        Relation relation = new Relation(oid, "public", name);
        Leaf leaf = new Leaf(relation, List.of(), kind != SourceTable.Kind.NOT_IN_WAL, identity);
        return new SourceTable(oid, "public", name, kind, !identity.primaryKey().isEmpty(), Set.of(oid), List.of(leaf));
    }

    public static Leaf leaf(long oid, String name, ReplicaIdentity identity, Relation... above) {
        return new Leaf(new Relation(oid, "public", name), List.of(above), true, identity);
    }

    public static SourceTable partitioned(Relation root, Leaf... leaves) {
        Set<Long> oids = Stream.concat(
                        Stream.of(root.oid()), Arrays.stream(leaves).map(Leaf::oid))
                .collect(Collectors.toSet());
        return new SourceTable(
                root.oid(), root.schema(), root.name(), SourceTable.Kind.TABLE, false, oids, List.of(leaves));
    }

    /** As the one of Nexus for every change, with these members of Nexus. */
    public static Published changes(Long... members) {
        return published(Set.of(Operation.values()), members);
    }

    /** As the one of Nexus for inserts. */
    public static Published inserts(Long... members) {
        return published(Set.of(Operation.INSERT, Operation.TRUNCATE), members);
    }

    public static Published published(Set<Operation> operations, Long... members) {
        Map<Long, Member> whole = Arrays.stream(members).collect(Collectors.toMap(oid -> oid, oid -> Member.WHOLE));
        return new Published(operations, false, Set.of(), false, GeneratedColumns.STORED, whole, Set.of(members));
    }
}
