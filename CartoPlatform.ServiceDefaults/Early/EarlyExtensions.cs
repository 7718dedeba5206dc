using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.DependencyInjection;

namespace CartoPlatform.ServiceDefaults.Early;

public static class EarlyExtensions
{
    /// <summary>Has some requests answered before the host makes anything of them. Takes the server that is registered already.</summary>
    public static void AddEarlyAnswers<TAnswers>(this WebApplicationBuilder builder)
        where TAnswers : class, IEarlyAnswers
    {
        var server = builder.Services.Last(service => service.ServiceType == typeof(IServer)).ImplementationType
            ?? throw new InvalidOperationException("The server is not registered by its type");
        builder.Services.AddSingleton<IEarlyAnswers>(services => services.GetRequiredService<TAnswers>());
        builder.Services.AddSingleton<IServer>(services => new EarlyServer((IServer)ActivatorUtilities.CreateInstance(services, server), services));
    }
}
