package nexus.replication.position;

import java.sql.SQLException;
import java.util.List;
import nexus.notation.SqlState;
import nexus.pgoutput.Lsn;
import org.postgresql.util.PSQLException;

/**
 * The source began to send a transaction and failed at one of its changes: a value that can't be converted, a row that is
 * longer than a message may be. It would fail there again. Everything before the transaction is stored.
 */
public final class UnreadableTransaction extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Classes of SQLSTATE: data, limits, what is not supported, routines, what a routine raises, internal errors. */
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

    /** Whether the server itself says that it can't send what it was about to. */
    public static boolean isAboutAChange(SQLException e) {
        String state = SqlState.of(e);
        return e instanceof PSQLException error
                && error.getServerErrorMessage() != null
                && ABOUT_A_CHANGE.stream().anyMatch(state::startsWith);
    }

    public Lsn commitLsn() {
        return new Lsn(commitLsn);
    }

    /** From here on the source sends nothing of it. */
    public Lsn behind() {
        return new Lsn(commitLsn + 1);
    }

    /** Its bytes have no place in the encoding that was asked for. */
    public boolean isAboutEncoding() {
        return sqlState.equals(SqlState.CHARACTER_NOT_IN_REPERTOIRE)
                || sqlState.equals(SqlState.UNTRANSLATABLE_CHARACTER);
    }
}
