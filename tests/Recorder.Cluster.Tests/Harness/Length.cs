using System.Globalization;
using Recorder.Cluster.Formations;
using Recorder.Integration.Tests.Harness;

namespace Recorder.Cluster.Tests.Harness;

/// <summary>How long a spec goes on: briefly, unless a variable says otherwise.</summary>
internal static class Length
{
    /// <summary>How long formations that parted again and again may take until they are one.</summary>
    public static readonly TimeSpan LongestMerge = FormationState.LongestWait + RecorderProcess.Patience;

    public static int Of(string variable, int briefly) =>
        int.Parse(Environment.GetEnvironmentVariable(variable) ?? briefly.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    public static TimeSpan Seconds(string variable, int briefly) => TimeSpan.FromSeconds(Of(variable, briefly));
}
