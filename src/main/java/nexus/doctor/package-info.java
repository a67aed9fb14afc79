/**
 * Are the databases fit, and if not, what exactly has to be done?
 *
 * <p>Takes the addresses of source and store, gives checks, each with its fix. Never writes, and never waits for long.
 */
@NullMarked
package nexus.doctor;

import org.jspecify.annotations.NullMarked;
