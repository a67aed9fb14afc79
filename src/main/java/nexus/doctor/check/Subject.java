package nexus.doctor.check;

import java.util.Optional;
import nexus.store.PostgresUrl;

/**
 * The databases to examine.
 *
 * @param source empty when it is the embedded database and that does not run
 * @param store empty when it is the embedded database and that does not run
 * @param secretKey base64 of 32 bytes, if known
 * @param embedded whether the store is the embedded database
 */
public record Subject(
        Optional<PostgresUrl> source,
        Optional<PostgresUrl> store,
        String slot,
        String publication,
        Optional<String> secretKey,
        boolean embedded) {

    /** Source and store have the same address. */
    public boolean isOneDatabase() {
        return source.equals(store);
    }

    /** The variable with the address of the source; empty for the embedded database. */
    public Optional<String> sourceVariable() {
        return isOneDatabase() ? storeVariable() : Optional.of("SOURCE_DATABASE_URL");
    }

    public Optional<String> storeVariable() {
        return embedded ? Optional.empty() : Optional.of("DATABASE_URL");
    }

    /** Contains neither the key nor passwords. */
    @Override
    public String toString() {
        return "Subject[source=" + source + ", store=" + store + ", slot=" + slot + ", publication=" + publication
                + "]";
    }
}
