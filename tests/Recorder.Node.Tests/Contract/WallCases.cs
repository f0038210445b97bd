using System.Net;
using Recorder.Node.Wall;

namespace Recorder.Node.Tests.Contract;

/// <summary>How the wall's answers are brought about.</summary>
internal static class WallCases
{
    /// <summary>Watches until no more may.</summary>
    public static async Task<HttpResponseMessage> FillAsync(ContractCall call)
    {
        var open = new List<HttpResponseMessage>();
        try
        {
            while (open.Count <= LiveSockets.Most)
            {
                var answer = await call.Upgraded().SendAsync();
                if (answer.StatusCode != HttpStatusCode.SwitchingProtocols)
                    return answer;

                open.Add(answer);
            }

            throw new InvalidOperationException("More watch than may.");
        }
        finally
        {
            open.ForEach(answer => answer.Dispose());
        }
    }
}
