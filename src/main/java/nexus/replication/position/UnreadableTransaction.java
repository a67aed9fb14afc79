package nexus.replication.position;

import java.sql.SQLException;
import java.util.List;
import nexus.notation.SqlState;
import nexus.pgoutput.Lsn;
import org.postgresql.util.PSQLException;

/**
 * The source failed while sending a transaction: a value cannot be converted, or a row exceeds the maximum size of a
 * message. Another attempt would fail at the same change. All changes before this transaction are stored.
 */
public final class UnreadableTransaction extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Classes of SQLSTATE: data, limits, unsupported features, routines, errors raised by routines, internal errors.
     */
    private static final List<String> ABOUT_A_CHANGE = List.of("22", "54", "0A", "38", "39", "P0", "XX");

    private final long commitLsn;
    private final String sqlState;

    public UnreadableTransaction(Lsn commitLsn, SQLException cause) {
        super(
                "the source can't send a change of the transaction at " + commitLsn + ", SQLSTATE "
                        + cause.getSQLState(),
                cause);
        this.commitLsn = commitLsn.value();
        this.sqlState = SqlState.of(cause);
    }

    /** Whether the server reports that it cannot send the current change. */
    public static boolean isAboutAChange(SQLException e) {
        String state = SqlState.of(e);
        return e instanceof PSQLException error
                && error.getServerErrorMessage() != null
                && ABOUT_A_CHANGE.stream().anyMatch(state::startsWith);
    }

    public Lsn commitLsn() {
        return new Lsn(commitLsn);
    }

    /** The position from which the source sends nothing of this transaction. */
    public Lsn nextLsn() {
        return new Lsn(commitLsn + 1);
    }

    /** Whether the text cannot be represented in the requested encoding. */
    public boolean isAboutEncoding() {
        return sqlState.equals(SqlState.CHARACTER_NOT_IN_REPERTOIRE)
                || sqlState.equals(SqlState.UNTRANSLATABLE_CHARACTER);
    }
}
