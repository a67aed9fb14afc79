/**
 * What is a check, and what does it find?
 *
 * <p>Takes facts, gives checks in the form of the API, each with its fix. Never asks a database.
 */
@NullMarked
package nexus.doctor.check;

import org.jspecify.annotations.NullMarked;
