package nexus.capture.catalog;

/**
 * How the catalog describes a table or type.
 *
 * @param oid unsigned
 * @param sinceXid the newest transaction that wrote one of the catalog's rows of which the description is made: for
 *     changes of older transactions the object may have been another. Unsigned; {@link Xid#FROZEN} for any
 */
public record Seen<T>(int oid, int sinceXid, T description) {}
