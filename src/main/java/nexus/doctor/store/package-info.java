/**
 * Can Nexus keep its tables here, and read its stored secrets?
 *
 * <p>Takes a connection to the store, gives facts and checks. Never migrates.
 */
@NullMarked
package nexus.doctor.store;

import org.jspecify.annotations.NullMarked;
