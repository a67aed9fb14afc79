package nexus.backfill.table;

/**
 * A column of a primary key, with the operators of the index, which other operators of the same name may differ from.
 *
 * @param type the qualified name of the type in which the index compares
 * @param schema of the operators
 * @param greater the name of the operator, as {@code greaterOrEqual} and {@code equal}
 */
record KeyColumn(String name, String type, String schema, String greater, String greaterOrEqual, String equal) {}
