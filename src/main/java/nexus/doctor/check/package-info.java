/**
 * What is a check?
 *
 * <p>Takes facts, gives checks in the form of the API, each with its fix. Never queries a database.
 */
@NullMarked
package nexus.doctor.check;

import org.jspecify.annotations.NullMarked;
