using System.Text.Json.Serialization;
using Recorder.Contracts.Json;

namespace Recorder.Contracts;

/// <summary>
/// The messages of one recorder: the commands that it accepts, its answers to them, and the events that it raises. The protocol
/// changes by addition only.
/// </summary>
public static partial class RecorderProtocol
{
    /// <summary>
    /// A command to one recorder. Each is answered with <see cref="Accepted"/> or <see cref="Refused"/>,
    /// <see cref="GetStatus"/> with <see cref="Status"/>, <see cref="Arm"/> with <see cref="Armed"/>.
    /// </summary>
    [JsonPolymorphic(TypeDiscriminatorPropertyName = "command")]
    [JsonDerivedType(typeof(Start), "start")]
    [JsonDerivedType(typeof(Stop), "stop")]
    [JsonDerivedType(typeof(Pause), "pause")]
    [JsonDerivedType(typeof(Resume), "resume")]
    [JsonDerivedType(typeof(RequestData), "requestData")]
    [JsonDerivedType(typeof(Split), "split")]
    [JsonDerivedType(typeof(Mark), "mark")]
    [JsonDerivedType(typeof(Arm), "arm")]
    [JsonDerivedType(typeof(Disarm), "disarm")]
    [JsonDerivedType(typeof(GetStatus), "getStatus")]
    public interface ICommand
    {
        /// <summary>The recorder that the command is for.</summary>
        RecorderId Recorder { get; }
    }

    /// <summary>Something that happened to a recorder. A recorder numbers its events consecutively from 1.</summary>
    [JsonPolymorphic(TypeDiscriminatorPropertyName = "event")]
    [JsonDerivedType(typeof(Started), EventNames.Start)]
    [JsonDerivedType(typeof(DataAvailable), EventNames.DataAvailable)]
    [JsonDerivedType(typeof(Paused), EventNames.Pause)]
    [JsonDerivedType(typeof(Resumed), EventNames.Resume)]
    [JsonDerivedType(typeof(ErrorRaised), EventNames.Error)]
    [JsonDerivedType(typeof(Stopped), EventNames.Stop)]
    [JsonDerivedType(typeof(GapRecorded), EventNames.Gap)]
    [JsonDerivedType(typeof(SourceChanged), EventNames.Source)]
    [JsonDerivedType(typeof(BlobDurable), EventNames.Durable)]
    [JsonDerivedType(typeof(StorageChanged), EventNames.Storage)]
    [JsonDerivedType(typeof(Marked), EventNames.Mark)]
    [JsonDerivedType(typeof(ClockChanged), EventNames.Clock)]
    [JsonDerivedType(typeof(LateMedia), EventNames.LateMedia)]
    public interface IEvent
    {
        /// <summary>The recorder that raised the event.</summary>
        RecorderId Recorder { get; }

        /// <summary>
        /// The event's number, consecutive per recorder. In a cluster it rises within a <see cref="Tenure"/>, and continues at the next million where a
        /// node took over from one that could not be asked.
        /// </summary>
        long Sequence { get; }

        /// <summary>The tenure under which the event was raised, which comes before <see cref="Sequence"/> in its number; null on a single node.</summary>
        EventTenure? Tenure => null;

        /// <summary>Wall-clock time at which the event was raised.</summary>
        DateTimeOffset At { get; }
    }
}
