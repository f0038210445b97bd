using Akka.Serialization;

namespace Recorder.Actors;

/// <summary>
/// Stands in for Akka's JSON serializer in the actor systems that Recorder makes: they are local, so no message is ever serialized, and
/// Newtonsoft.Json need not be loaded: 2 MB of an idle process.
/// </summary>
internal sealed class LocalOnlySerializer : Serializer
{
    /// <summary>Made by the actor system.</summary>
    /// <param name="system">The actor system.</param>
    /// <param name="settings">Those of the JSON serializer; not used.</param>
    public LocalOnlySerializer(ExtendedActorSystem system, Config settings)
        : base(system)
    {
    }

    /// <inheritdoc />
    public override int Identifier => 1;

    /// <inheritdoc />
    public override bool IncludeManifest => true;

    /// <inheritdoc />
    public override byte[] ToBinary(object obj) => throw Refused();

    /// <inheritdoc />
    public override object FromBinary(byte[] bytes, Type? type) => throw Refused();

    private NotSupportedException Refused() => new($"The actor system '{system.Name}' is local: its messages are not serialized.");
}
