package nexus.replication;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import nexus.replication.PublicationPlan.Kind;
import nexus.replication.PublicationPlan.Move;
import nexus.replication.PublicationPlan.Published;
import nexus.replication.SourceTable.Identity;
import org.junit.jupiter.api.Test;

class PublicationPlanTest {
    private static final Published EMPTY = new Published(false, Set.of(), Set.of());
    private static final Published OURS = new Published(false, Set.of(1L), Set.of(1L));
    private static final Published THEIRS = new Published(false, Set.of(1L), Set.of());
    private static final Published ALL = new Published(true, Set.of(), Set.of());

    @Test
    void aNeededTableIsAddedWhereItBelongs() {
        assertThat(moves(Identity.KEY, EMPTY, EMPTY, true)).containsExactly("- -> CHANGES");
        assertThat(moves(Identity.FULL, EMPTY, EMPTY, true)).containsExactly("- -> CHANGES");
        assertThat(moves(Identity.NONE, EMPTY, EMPTY, true)).containsExactly("- -> INSERTS");
        assertThat(moves(Identity.KEY, EMPTY, EMPTY, false)).isEmpty();
    }

    @Test
    void aTableWhoseIdentityChangedMoves() {
        assertThat(moves(Identity.NONE, OURS, EMPTY, true)).containsExactly("CHANGES -> INSERTS");
        assertThat(moves(Identity.KEY, EMPTY, OURS, true)).containsExactly("INSERTS -> CHANGES");
        assertThat(moves(Identity.NONE, OURS, OURS, true)).containsExactly("CHANGES -> -");
        assertThat(moves(Identity.KEY, OURS, OURS, true)).containsExactly("INSERTS -> -");
    }

    @Test
    void whatAnAdministratorAddedStays() {
        assertThat(moves(Identity.NONE, THEIRS, EMPTY, true)).isEmpty();
        assertThat(moves(Identity.KEY, THEIRS, EMPTY, false)).isEmpty();
        assertThat(moves(Identity.KEY, EMPTY, THEIRS, true)).containsExactly("- -> CHANGES");
        assertThat(moves(Identity.NONE, ALL, EMPTY, true)).isEmpty();
    }

    @Test
    void whatNexusAddedAndNobodyNeedsIsTakenOut() {
        assertThat(moves(Identity.KEY, OURS, EMPTY, false)).containsExactly("CHANGES -> -");
        assertThat(moves(Identity.NONE, EMPTY, OURS, false)).containsExactly("INSERTS -> -");
    }

    private static List<String> moves(Identity identity, Published changes, Published inserts, boolean needed) {
        SourceTable table = new SourceTable(1, "public", "orders", SourceTable.Kind.TABLE, identity, true, Set.of(1L));
        List<Move> moves = PublicationPlan.moves(
                List.of(table), Map.of(Kind.CHANGES, changes, Kind.INSERTS, inserts), one -> needed, one -> true);
        return moves.stream()
                .map(move -> shown(move.from()) + " -> " + shown(move.to()))
                .toList();
    }

    private static String shown(Optional<Kind> kind) {
        return kind.map(Kind::name).orElse("-");
    }
}
