package nexus.capture.catalog;

import java.sql.SQLException;

/** The source database could not be asked about a table or type: connect again and read from the stored position. */
public final class CatalogUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public CatalogUnavailableException(SQLException cause) {
        super("cannot read the catalog of the source database", cause);
    }
}
