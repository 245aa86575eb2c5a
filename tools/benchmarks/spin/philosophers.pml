/* Five philosophers, four rounds each, the lower-numbered fork first: the model of the benchmark stateful_philosophers,
   for spin. A fork is free or taken; to take and to put it is one step each. Main starts all and waits for each. */
#define N 5
#define ROUNDS 4

bool taken[N];
byte ended;

proctype philosopher(byte first; byte second) {
  byte round = 0;
  do
  :: round < ROUNDS ->
    atomic { !taken[first] -> taken[first] = true }
    atomic { !taken[second] -> taken[second] = true }
    taken[second] = false;
    d_step { taken[first] = false; round++ }
  :: else -> break
  od;
  ended++
}

init {
  atomic {
    run philosopher(0, 1);
    run philosopher(1, 2);
    run philosopher(2, 3);
    run philosopher(3, 4);
    run philosopher(0, 4)
  }
  ended == N
}
