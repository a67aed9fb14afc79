/**
 * Is this text one SQL condition?
 *
 * <p>Takes the text of a caller and gives SQL that can stand between parentheses, or a refusal. Never runs it; whether its
 * columns and functions exist is decided by the database.
 */
@NullMarked
package nexus.backfill.condition;

import org.jspecify.annotations.NullMarked;
