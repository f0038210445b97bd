using Recorder.ActorKernel.Configuration;

namespace Recorder.ActorKernel.Setup
{
    /// <summary>A part of how a system is set up by program rather than by configuration.</summary>
    public abstract class Setup
    {
        /// <summary>This and another.</summary>
        /// <param name="other">The other.</param>
        /// <returns>Both.</returns>
        public ActorSystemSetup And(Setup other) => ActorSystemSetup.Create(this, other);
    }

    /// <summary>How a system is set up: at most one part of each type.</summary>
    public sealed class ActorSystemSetup
    {
        /// <summary>Nothing.</summary>
        public static readonly ActorSystemSetup Empty = new([]);

        private readonly Dictionary<Type, Setup> _parts;

        private ActorSystemSetup(Dictionary<Type, Setup> parts) => _parts = parts;

        /// <summary>A setup of parts; of two parts of a type the later stands.</summary>
        /// <param name="setup">The parts.</param>
        /// <returns>The setup.</returns>
        public static ActorSystemSetup Create(params Setup[] setup)
        {
            var parts = new Dictionary<Type, Setup>();
            foreach (var part in setup)
                parts[part.GetType()] = part;
            return new ActorSystemSetup(parts);
        }

        /// <summary>A copy with a part.</summary>
        /// <typeparam name="T">The type of the part.</typeparam>
        /// <param name="setup">The part.</param>
        /// <returns>The copy.</returns>
        public ActorSystemSetup WithSetup<T>(T setup)
            where T : Setup => new(new Dictionary<Type, Setup>(_parts) { [setup.GetType()] = setup });

        /// <summary>A copy with a part.</summary>
        /// <typeparam name="T">The type of the part.</typeparam>
        /// <param name="setup">The part.</param>
        /// <returns>The copy.</returns>
        public ActorSystemSetup And<T>(T setup)
            where T : Setup => WithSetup(setup);

        /// <summary>The part of a type.</summary>
        /// <typeparam name="T">The type.</typeparam>
        /// <returns>The part, or none.</returns>
        public Util.Option<T> Get<T>()
            where T : Setup => Find<T>() is { } part ? new Util.Option<T>(part) : default;

        internal T? Find<T>()
            where T : Setup => (T?)_parts.GetValueOrDefault(typeof(T));
    }
}

namespace Recorder.ActorKernel
{
    /// <summary>The configuration of a system as a part of its setup.</summary>
    public sealed class BootstrapSetup : Setup.Setup
    {
        private BootstrapSetup(Config? config) => Configuration = config;

        /// <summary>The configuration, if one was given.</summary>
        public Util.Option<Config> Config => Configuration is null ? default : new Util.Option<Config>(Configuration);

        internal Config? Configuration { get; }

        /// <summary>An empty part.</summary>
        /// <returns>The part.</returns>
        public static BootstrapSetup Create() => new(null);

        /// <summary>A copy with a configuration.</summary>
        /// <param name="config">The configuration.</param>
        /// <returns>The copy.</returns>
        public BootstrapSetup WithConfig(Config config) => new(config);

        /// <summary>A copy with defaults.</summary>
        /// <param name="config">The defaults.</param>
        /// <returns>The copy.</returns>
        public BootstrapSetup WithConfigFallback(Config config) => new(Configuration.SafeWithFallback(config));
    }
}
