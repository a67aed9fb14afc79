package nexus.doctor.check;

import java.util.Optional;
import nexus.store.PostgresUrl;

/**
 * What is to be examined.
 *
 * @param source empty when it would be the embedded database, and that does not run
 * @param store empty when it would be the embedded database, and that does not run
 * @param secretKey base64 of 32 bytes, when it is known here
 * @param embedded whether the store is the embedded database
 */
public record Subject(
        Optional<PostgresUrl> source,
        Optional<PostgresUrl> store,
        String slot,
        String publication,
        Optional<String> secretKey,
        boolean embedded) {

    /** One address for both. */
    public boolean isOneDatabase() {
        return source.equals(store);
    }

    /** The variable in which the source's address stands; none for the embedded database. */
    public Optional<String> sourceVariable() {
        return isOneDatabase() ? storeVariable() : Optional.of("SOURCE_DATABASE_URL");
    }

    public Optional<String> storeVariable() {
        return embedded ? Optional.empty() : Optional.of("DATABASE_URL");
    }

    /** The key and the passwords stay out. */
    @Override
    public String toString() {
        return "Subject[source=" + source + ", store=" + store + ", slot=" + slot + ", publication=" + publication
                + "]";
    }
}
