using Akka.Cluster.Sharding;
using Akka.Cluster.Tools.Singleton;
using Akka.DistributedData;
using Recorder.Cluster.Trust;

namespace Recorder.Cluster.ControlPlane;

/// <summary>
/// The settings of the clustered actor system. They are sharp, because a node that is downed by mistake loses no frame: it is told in about 1.5 s that a
/// node cannot be reached, and its entities run elsewhere within 2 to 3 s (measured). Of a process that ended <see cref="DeathProbe"/> tells sooner.
/// </summary>
internal static class ControlPlaneConfig
{
    public const string SystemName = "recorder-cluster";
    public const string RecorderRole = "recorder";

    private const string Sharp =
        """
        akka {
          loglevel = WARNING
          stdout-loglevel = OFF
          stdout-logger-class = "Recorder.Cluster.ControlPlane.SilentLogger, Recorder.Cluster"
          log-dead-letters = off
          log-dead-letters-during-shutdown = off
          # What sends messages to a system that ends is told of it by the cluster.
          coordinated-shutdown {
            exit-clr = off
            run-by-clr-shutdown-hook = off
            # Ending the system without leaving is how the control plane gives a formation up.
            run-by-actor-system-terminate = off
            phases.cluster-sharding-shutdown-region.timeout = 3s
            phases.cluster-exiting.timeout = 3s
          }
          # Threads of its own: heartbeats must not wait until the thread pool has a thread left.
          actor.internal-dispatcher {
            type = ForkJoinDispatcher
            throughput = 30
            dedicated-thread-pool { thread-count = 2, threadtype = background }
          }
          remote.retry-gate-closed-for = 1s
          cluster {
            log-info = off
            seed-nodes = []
            retry-unsuccessful-join-after = 1s
            shutdown-after-unsuccessful-join-seed-nodes = off
            allow-weakly-up-members = off
            run-coordinated-shutdown-when-down = on
            failure-detector {
              heartbeat-interval = 300ms
              acceptable-heartbeat-pause = 1000ms
              expected-response-after = 300ms
              min-std-deviation = 50ms
              threshold = 8
            }
            gossip-interval = 200ms
            leader-actions-interval = 200ms
            unreachable-nodes-reaper-interval = 200ms
            down-removal-margin = 1ms
            sharding {
              role = recorder
              remember-entities = off
              state-store-mode = ddata
              passivate-idle-entity-after = off
              rebalance-interval = 1s
              coordinator-failure-backoff = 300ms
              retry-interval = 300ms
              waiting-for-state-timeout = 1s
              updating-state-timeout = 1s
              shard-start-timeout = 2s
              distributed-data {
                gossip-interval = 200ms
                notify-subscribers-interval = 100ms
                majority-min-cap = 1
                durable.keys = []
              }
            }
            singleton { hand-over-retry-interval = 200ms, min-number-of-hand-over-retries = 5 }
            singleton-proxy { singleton-identification-interval = 200ms }
          }
        }
        """;

    public static Config Create(ControlPlaneOptions options, string node) =>
        ConfigurationFactory.ParseString(
            $$"""
            akka {
              actor.provider = cluster
              remote.dot-netty.tcp {
                hostname = {{Quote(options.BindAddress)}}
                port = {{options.Port}}
                public-hostname = {{Quote(options.Host)}}
                public-port = {{options.Port}}
                {{(options.Trust is null ? "" : $"enable-ssl = true\napplied-adapters = [{CheckedTransportProvider.Name}]")}}
              }
              remote.adapters.{{CheckedTransportProvider.Name}} = {{ClassOf(typeof(CheckedTransportProvider))}}
              cluster.roles = [{{string.Join(", ", options.Roles.Append(MemberName.ToRole(node)).Select(Quote))}}]
              cluster.failure-detector.implementation-class = {{ClassOf(typeof(ToldFailureDetector))}}
              cluster.downing-provider-class = {{ClassOf(typeof(RecorderDowning))}}
            }
            """)
            .WithFallback(ConfigurationFactory.ParseString(Sharp))
            .WithFallback(ClusterSharding.DefaultConfig())
            .WithFallback(ClusterSingleton.DefaultConfig())
            .WithFallback(DistributedData.DefaultConfig());

    // With a space in it, Akka.Remote would read the quotes as part of an adapter's name.
    private static string ClassOf(Type type) => Quote($"{type.FullName},{type.Assembly.GetName().Name}");

    private static string Quote(string text) =>
        $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
