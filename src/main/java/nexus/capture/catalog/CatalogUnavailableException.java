package nexus.capture.catalog;

import java.sql.SQLException;

/** The catalog of the source database could not be read. The reader must connect again and read from the stored position. */
public final class CatalogUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public CatalogUnavailableException(SQLException cause) {
        super("cannot read the catalog of the source database", cause);
    }
}
