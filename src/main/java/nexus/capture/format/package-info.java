/**
 * How is a value of a PostgreSQL type written as JSON?
 *
 * <p>Takes the text of a value and its type, gives what {@code to_json} gives, or says why it cannot. Never runs a
 * function of the database.
 */
@NullMarked
package nexus.capture.format;

import org.jspecify.annotations.NullMarked;
