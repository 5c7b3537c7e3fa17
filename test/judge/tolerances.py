"""What the judge of docs/motion.md lets pass: rounding, noise, lag, and the time until things are known."""

# Rounding: positions have 53 bits, so third differences over dt^3 are good to 1e-8 of a unit.
TINY, TINY_JERK, TINY_ROOM = 1e-9, 1e-6, 1e-6
# A speed at which an arm rests, rad/s: what rounding leaves of a braking motion.
REST_SPEED = 1e-6
# Joint states are stale after 0.25 s; two periods more until a command is there.
KNOWN_SEC = 0.3
# Before a new stream the arm rests for 0.1 s within the last 0.5 s: moves by less than 0.02 rad.
LOOKED_AT_SEC, REST_SEC, REST_RAD = 0.5, 0.1, 0.02
# A stream begins so near to the arm: noise and quanta of encoders; lag and sag of an arm that holds.
NOISE_RAD, LAG_RAD = 0.03, 0.1
# Fingers may hold something; share of the stroke.
FINGER_SHARE = 0.15
# Where noise puts the beginning nearer to something than the arm is, m (0.03 rad at 0.7 m).
NEARER_M = 0.02
# An arm that is handed back; what may go unnoticed while commands move and the arm does not, rad.
HANDED_BACK_PERIODS, FOLLOWING_RAD = 3, 0.3
# More than that is known after this long: the arm's own delay, the patience with it, late joint states.
NOTICED_SEC = 0.9
