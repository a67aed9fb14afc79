package nexus.capture.catalog;

/**
 * A description of a table or type from the catalog.
 *
 * @param oid unsigned
 * @param sinceXid the newest transaction that wrote one of the catalog rows of the description; for changes of older
 *     transactions the object may have been different. Unsigned; {@link Xid#FROZEN} for any
 */
public record Seen<T>(int oid, int sinceXid, T description) {}
