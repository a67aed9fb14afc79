package nexus.replication.stream;

import java.sql.SQLException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import nexus.pgoutput.Lsn;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * The source failed at a change of a transaction whose BEGIN it has not sent. PostgreSQL 15 and later send BEGIN with the first
 * change that is published, and evaluate the row filter of an administrator before. Everything that was sent earlier is stored.
 */
public final class UnannouncedTransaction extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The server's context ends with the position of the change, in every language. */
    private static final Pattern POSITION = Pattern.compile("[0-9A-F]{1,8}/[0-9A-F]{1,8}");

    private final SQLException failure;
    private final long change;

    /** @param stored the position up to which everything is stored */
    UnannouncedTransaction(Lsn stored, SQLException failure) {
        super(failure.getMessage(), failure);
        this.failure = failure;
        this.change = position(failure).filter(stored::isBefore).orElse(stored).value();
    }

    /** The position of the change, or an earlier one; before the commit of the transaction. */
    public Lsn change() {
        return new Lsn(change);
    }

    public SQLException failure() {
        return failure;
    }

    private static Optional<Lsn> position(SQLException failure) {
        ServerErrorMessage message = failure instanceof PSQLException error ? error.getServerErrorMessage() : null;
        String where = message == null ? null : message.getWhere();
        if (where == null) {
            return Optional.empty();
        }
        Matcher matcher = POSITION.matcher(where);
        Optional<Lsn> last = Optional.empty();
        while (matcher.find()) {
            last = Optional.of(Lsn.parse(matcher.group()));
        }
        return last;
    }
}
