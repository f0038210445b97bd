namespace Recorder.ActorKernel.Configuration;

/// <summary>What the kernel sets when nobody says otherwise. Names as in Akka.NET.</summary>
internal static class Reference
{
    public static readonly Config Config = HoconReader.Read(
        """
        akka {
          version = "0.1.0 (Recorder.ActorKernel)"
          loggers = []                    # "Akka.Event.DefaultLogger" prints to standard output
          loglevel = INFO
          stdout-loglevel = OFF
          logger-startup-timeout = 5s
          log-dead-letters = 10
          log-dead-letters-during-shutdown = off
          log-dead-letters-suspend-duration = 5m
          log-config-on-start = off

          actor {
            ask-timeout = infinite
            creation-timeout = 20s
            unstarted-push-timeout = 10s
            guardian-supervisor-strategy = "Akka.Actor.DefaultSupervisorStrategy"
            default-dispatcher {
              type = Dispatcher
              throughput = 30
            }
            internal-dispatcher {
              type = Dispatcher
              throughput = 30
            }
            default-blocking-io-dispatcher {
              type = Dispatcher
              throughput = 1
            }
            task-dispatcher { type = TaskDispatcher }
            default-fork-join-dispatcher { type = ForkJoinDispatcher }
            default-mailbox {
              mailbox-type = "Akka.Dispatch.UnboundedMailbox"
              mailbox-capacity = 1000
              mailbox-push-timeout-time = 10s
              stash-capacity = -1
            }
            mailbox {
              requirements { }
              unbounded-queue-based { mailbox-type = "Akka.Dispatch.UnboundedMailbox" }
              bounded-queue-based { mailbox-type = "Akka.Dispatch.BoundedMailbox" }
              unbounded-deque-based { mailbox-type = "Akka.Dispatch.UnboundedDequeBasedMailbox" }
              bounded-deque-based { mailbox-type = "Akka.Dispatch.BoundedDequeBasedMailbox" }
            }
            debug {
              receive = off
              autoreceive = off
              lifecycle = off
              event-stream = off
              unhandled = off
            }
          }

          scheduler {
            implementation = "Akka.Actor.HashedWheelTimerScheduler"
            tick-duration = 1ms
            shutdown-timeout = 5s
          }

          coordinated-shutdown {
            default-phase-timeout = 5s
            terminate-actor-system = on
            run-by-actor-system-terminate = on
            run-by-clr-shutdown-hook = off
            exit-clr = off
            phases {
              before-service-unbind { }
              service-unbind { depends-on = [before-service-unbind] }
              service-requests-done { depends-on = [service-unbind] }
              service-stop { depends-on = [service-requests-done] }
              before-cluster-shutdown { depends-on = [service-stop] }
              cluster-sharding-shutdown-region { timeout = 10s, depends-on = [before-cluster-shutdown] }
              cluster-leave { depends-on = [cluster-sharding-shutdown-region] }
              cluster-exiting { timeout = 10s, depends-on = [cluster-leave] }
              cluster-exiting-done { depends-on = [cluster-exiting] }
              cluster-shutdown { depends-on = [cluster-exiting-done] }
              before-actor-system-terminate { depends-on = [cluster-shutdown] }
              actor-system-terminate { timeout = 10s, depends-on = [before-actor-system-terminate] }
            }
          }
        }
        """);
}
