using System.Globalization;

namespace Recorder.Cluster.Tests.Harness;

/// <summary>How long a spec goes on: briefly, unless a variable says otherwise.</summary>
internal static class Length
{
    public static int Of(string variable, int briefly) =>
        int.Parse(Environment.GetEnvironmentVariable(variable) ?? briefly.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    public static TimeSpan Seconds(string variable, int briefly) => TimeSpan.FromSeconds(Of(variable, briefly));
}
