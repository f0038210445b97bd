using Akka.Serialization;

namespace Recorder.Actors;

/// <summary>
/// Replaces Akka's JSON serializer in the actor systems that Recorder creates. They are local, so no message is ever serialized;
/// without Newtonsoft.Json an idle process needs 2 MB less.
/// </summary>
internal sealed class LocalOnlySerializer : Serializer
{
    public LocalOnlySerializer(ExtendedActorSystem system, Config settings)
        : base(system)
    {
    }

    public override int Identifier => 1;

    public override bool IncludeManifest => true;

    public override byte[] ToBinary(object obj) => throw Refused();

    public override object FromBinary(byte[] bytes, Type? type) => throw Refused();

    private NotSupportedException Refused() => new($"The actor system '{system.Name}' is local: its messages are not serialized.");
}
