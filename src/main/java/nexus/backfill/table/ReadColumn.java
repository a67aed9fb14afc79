package nexus.backfill.table;

/**
 * A column of a table that is read.
 *
 * @param size how its stored size is found without reading a large value
 * @param isBytes whether the driver would decode its text
 * @param isPublished whether the WAL has it
 */
record ReadColumn(String name, int typeOid, int modifier, Size size, boolean isBytes, boolean isPublished) {
    enum Size {
        /** A few bytes. */
        FIXED,
        /** The length of the text is known without it. */
        LENGTH,
        /** The compressed size. */
        STORED
    }
}
